"""What a keeper says to its host on a session's control connection."""

from __future__ import annotations

import base64
import socket
from contextlib import suppress
from dataclasses import dataclass

from .frames import write_frame


@dataclass
class Connections:
    """The two connections of a session, as its host made them."""

    control: socket.socket
    data: socket.socket
    """For cells; it is handed to the worker."""


def tell_ready(control: socket.socket) -> None:
    """Cells may come."""
    _tell(control, {"event": "ready"})


def tell_ended(control: socket.socket, written: str) -> None:
    """The worker is gone, or about to be; what its cell had written."""
    _tell(control, {"event": "ended", "output": base64.b64encode(written.encode()).decode()})


def refuse(control: socket.socket, reason: str) -> None:
    """There will be no session."""
    _tell(control, {"event": "failed", "reason": reason})
    control.close()


def _tell(control: socket.socket, event: dict[str, str]) -> None:
    # A host that has hung up is noticed where it is read from.
    with suppress(OSError):
        write_frame(control, event)
