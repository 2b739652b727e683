"""Messages on a socket: two lengths, a JSON header, bytes beside it. The same as src/interpreter/frame.ts."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LONGEST = 1 << 30
_PREFIX = 8


class Closed(Exception):
    """The other side hung up."""


def read_frame(source: socket.socket) -> tuple[dict[str, Any], list[bytes]]:
    """Waits for one frame, and leaves what follows it. Raises Closed."""
    begun = _rest(source, b"", _PREFIX)
    total, _ = struct.unpack("<II", begun)
    return _decoded(_rest(source, begun, _checked(total)))


def read_only_frame(source: socket.socket) -> tuple[dict[str, Any], list[bytes]]:
    """The same, faster, where nothing may follow: the next frame waits for the answer to this one."""
    begun = source.recv(1 << 16)
    if len(begun) < _PREFIX:
        begun = _rest(source, begun, _PREFIX)
    (total,) = struct.unpack_from("<I", begun)
    whole = _checked(total)
    if len(begun) > whole:
        raise Closed
    return _decoded(begun if len(begun) == whole else _rest(source, begun, whole))


def _checked(total: int) -> int:
    if not 4 <= total <= _LONGEST:
        raise Closed
    return 4 + total


def _rest(source: socket.socket, begun: bytes, length: int) -> bytes:
    parts, held = [begun], len(begun)
    while held < length:
        part = source.recv(min(length - held, 1 << 20))
        if not part:
            raise Closed
        parts.append(part)
        held += len(part)
    return b"".join(parts)


def _decoded(frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    (length,) = struct.unpack_from("<I", frame, 4)
    at = _PREFIX + length
    header = json.loads(frame[_PREFIX:at])
    blobs = []
    for size in header.get("blobs", ()):
        blobs.append(frame[at : at + size])
        at += size
    return header, blobs


def write_frame(target: socket.socket, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Sends one frame."""
    if blobs:
        header = {**header, "blobs": [len(blob) for blob in blobs]}
    text = json.dumps(header).encode()
    size = 4 + len(text) + sum(len(blob) for blob in blobs)
    target.sendall(b"".join([struct.pack("<II", size, len(text)), text, *blobs]))
