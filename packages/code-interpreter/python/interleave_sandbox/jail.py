"""What the tiers have in common: what the server, the keeper and a worker each do to close a jail."""

from __future__ import annotations

from typing import Protocol

from .kernel import Clone
from .limits import Limits


class Unavailable(Exception):
    """A tier cannot be had here; the message says why."""


class Jail(Protocol):
    """One tier."""

    bounds: Limits

    def enter_server(self) -> None:
        """What the process does, once, that forks sessions."""

    def spawn(self) -> int:
        """Forks a session's first process. Returns 0 in it."""

    def settle(self, session: int) -> None:
        """What that one does first. Comes back in the process that is to run the session's code."""

    def enter_worker(self, session: int) -> int | None:
        """What a worker does before its first cell. Returns the listener of its filter, if that asks."""

    def enter_program(self, session: int) -> None:
        """What a process does that is about to become another program."""

    def contain(self, session: int, pid: int) -> None:
        """Bounds a session's process from outside."""

    def kill(self, pid: int, guard: int) -> None:
        """Ends a worker and everything it started; `guard` is the process that `spawn` returned."""

    def leave_session(self, session: int) -> None:
        """Tidies up after a session. Raises OSError while its processes are on their way out."""

    @property
    def branch(self) -> Clone | None:
        """Forks a worker into a branch of its session, where the tier can keep the two apart."""
