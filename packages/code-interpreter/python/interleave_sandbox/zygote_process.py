"""The zygote, as the server sees it: a program of its own, which forks a worker for each order."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import asdict

from .limits import Limits
from .packets import pair, receive_packet, send_packet


class ZygoteProcess:
    """Started, and ready for orders."""

    def __init__(self, tier: str, place: str, modules: list[str], limits: Limits) -> None:
        # A program of its own: what this one did before would show in the addresses of its objects.
        self.link, other = pair()
        waits, self._wakes = os.pipe()
        if os.fork() == 0:
            for fd in (other.fileno(), waits):
                os.set_inheritable(fd, True)
            os.execv(sys.executable, [*_own_command(), "zygote", str(other.fileno()), str(waits)])
        other.close()
        os.close(waits)
        send_packet(self.link, {"tier": tier, "place": place, "modules": modules, "limits": asdict(limits)})
        ready, _ = receive_packet(self.link)
        self.missing: list[str] = ready["missing"]
        """Modules that could not be imported."""

    def fork(self, session: int, data: socket.socket, link: socket.socket) -> None:
        """Orders a worker, which answers cells on one connection and its keeper on the other."""
        # The worker takes its order itself: the zygote stays as it is, and all sessions begin alike.
        send_packet(self.link, {"session": session}, [data.fileno(), link.fileno()])
        os.write(self._wakes, b"1")


def _own_command() -> list[str]:
    """This interpreter with its own options, and this program."""
    options = sys.orig_argv[1 : -len(sys.argv)]
    return [sys.executable, *options, sys.argv[0]]
