"""Gives branches their space, each in a process that moves into the namespaces of the branch for good."""

from __future__ import annotations

import os
import socket
import time

from . import kernel
from .branching import make_space
from .frames import Closed
from .namespace_jail import NamespaceJail
from .open_files import keep_open
from .packets import pair, receive_packet, send_packet


class SpaceMaker:
    """
    Has such a process ready at any time: to fork it takes as long as what it does. Another process forks them, since
    whoever forks finds all its memory slow at first.
    """

    def __init__(self, jail: NamespaceJail) -> None:
        self._link, other = pair()
        if os.fork() != 0:
            other.close()
            return
        try:
            kernel.die_with_parent()
            keep_open({other.fileno()})
            while _made_one(jail, other):
                pass
        finally:
            os._exit(0)

    def begin(self, source: int, branch: int) -> None:
        """Has it make one."""
        send_packet(self._link, {"source": source, "branch": branch})

    def finish(self, deadline: float) -> None:
        """Waits until the space is there. Raises Closed where none could be made in time."""
        self._link.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            done, _ = receive_packet(self._link)
        except OSError as error:
            raise Closed("no space could be made in time") from error
        if "problem" in done:
            raise Closed(f"no space could be made: {done['problem']}")


def _made_one(jail: NamespaceJail, link: socket.socket) -> bool:
    """Whether there was one to make, and not the end of it all."""
    pid = os.fork()
    if pid != 0:
        return os.waitpid(pid, 0)[1] == 0
    try:
        kernel.die_with_parent()
        order, _ = receive_packet(link)
        try:
            make_space(order["source"], order["branch"], jail.root, jail.bounds)
            send_packet(link, {})
        except Exception as error:
            send_packet(link, {"problem": str(error)})
        os._exit(0)
    finally:
        os._exit(1)
