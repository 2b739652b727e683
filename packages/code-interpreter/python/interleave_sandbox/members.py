"""Who belongs to whom: the workers of a session and of its branches."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from .seccomp import Listener


@dataclass
class Family:
    """A session with all its branches. They share a filter, and so who is asked about clones."""

    address: int
    """Where a worker keeps what its cell has written; the same in every copy."""
    listener: Listener | None
    members: int = 0
    busy: bool = False
    """Whether a branch is being made: one at a time."""
    waiting: deque[Callable[[], None]] = field(default_factory=deque)


@dataclass
class Member:
    """A worker, the session's own or that of a branch."""

    pid: int
    guard: int
    link: socket.socket
    watch: int
    family: Family
    session: int
    control: socket.socket | None
    """To the host; none for a worker that is kept for its branches only."""
    parent: Member | None = None
    branches: list[Member] = field(default_factory=list)
    alive: bool = True
    parked: bool = False
    """Whether it was copied: it is kept as it is from then on, even when the copies are over."""
