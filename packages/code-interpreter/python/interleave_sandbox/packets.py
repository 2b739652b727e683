"""Short messages between our own processes, with open files beside them, and the kernel's word on who sent one."""

from __future__ import annotations

import json
import socket
import struct
import sys
from typing import Any

from .frames import Closed

_PASS_CREDENTIALS = 16
_CREDENTIALS = 2
_LONGEST = 65536
_MOST_FILES = 8


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected sockets that keep packets apart. The kernel tells the first who sends on the second."""
    if sys.platform != "linux":
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    own, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    own.setsockopt(socket.SOL_SOCKET, _PASS_CREDENTIALS, 1)
    return own, other


def send_packet(link: socket.socket, header: dict[str, Any], files: list[int] | None = None) -> None:
    """Sends one message."""
    socket.send_fds(link, [json.dumps(header).encode()], files or [])


def receive_packet(link: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Receives what `send_packet` sent. Raises Closed."""
    header, files, _ = receive_from(link)
    return header, files


def receive_from(link: socket.socket) -> tuple[dict[str, Any], list[int], int]:
    """The same, and the process that sent it, in the words of the kernel. 0: it does not say."""
    data, extra, _, _ = link.recvmsg(_LONGEST, socket.CMSG_SPACE(_MOST_FILES * 4) + socket.CMSG_SPACE(3 * 4))
    if not data:
        raise Closed
    files: list[int] = []
    sender = 0
    for level, kind, content in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files += struct.unpack(f"{len(content) // 4}i", content)
        elif (level, kind) == (socket.SOL_SOCKET, _CREDENTIALS):
            sender = struct.unpack("iii", content)[0]
    header: dict[str, Any] = json.loads(data)
    return header, files, sender
