"""The workers that live: what their hosts order, and their ends."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

from . import host, kernel, output
from .event_loop import EventLoop
from .frames import Closed, read_frame
from .jail import Jail
from .members import Family, Member
from .packets import receive_packet

# How often it is tried again to tidy up after a session whose processes are still on their way out.
_TIDY_SECONDS = 0.05


class Roster:
    """Looks after workers from the moment their jail is closed. `on_continue`: one asks to go on in a copy."""

    def __init__(self, loop: EventLoop, jail: Jail, on_continue: Callable[[Member], None]) -> None:
        self._loop = loop
        self._jail = jail
        self._on_continue = on_continue
        self._members: dict[int, Member] = {}
        self._ended: set[int] = set()
        self.parked = 0
        """How many of them are kept for their branches."""

    def find(self, session: int) -> Member | None:
        """The worker of a session that lives."""
        return self._members.get(session)

    def adopt(self, pid: int, guard: int, link: socket.socket, family: Family, session: int) -> Member:
        """A new worker. Raises OSError where it is gone already."""
        watch = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        member = Member(pid, guard, link, watch, family, session, None)
        self._members[session] = member
        family.members += 1
        if watch >= 0:
            self._loop.on(watch, lambda: self._died(member))
        self.hear(member)
        return member

    def obey(self, member: Member, control: socket.socket) -> None:
        """From now on a worker ends and is interrupted as its host says."""
        member.control = control
        self._loop.on(control, lambda: self._ordered(member, control))

    def release(self, member: Member) -> socket.socket | None:
        """The opposite. Returns the connection, unless the host has hung up."""
        control, member.control = member.control, None
        if control is not None:
            self._loop.off(control)
        return control

    def hear(self, member: Member) -> None:
        """From now on what a worker says is heard."""
        self._loop.on(member.link, lambda: self._heard(member))

    def kill(self, member: Member) -> None:
        """Ends a worker and all that it started."""
        if member.alive:
            self._jail.kill(member.pid, member.guard)

    def end_unwanted(self, member: Member | None) -> None:
        """Ends a worker, and those it was copied from, where no host wants them any more."""
        # A worker that others were copied from is the first process above theirs: it stays while they live.
        while member is not None and member.control is None and not member.branches and not member.family.busy:
            self.kill(member)
            member = member.parent

    def park(self, member: Member) -> None:
        """A worker was copied: it is kept as it is from now on."""
        self.parked += not member.parked
        member.parked = True

    def forget(self, session: int) -> None:
        """Tidies up after a session as soon as its processes are gone."""
        self._ended.add(session)

    def tidy(self) -> float | None:
        """Does so. Returns when to try again."""
        for session in list(self._ended):
            with suppress(OSError):
                self._jail.leave_session(session)
                self._ended.discard(session)
        return _TIDY_SECONDS if self._ended else None

    def _ordered(self, member: Member, control: socket.socket) -> None:
        """The host says something, or hangs up."""
        try:
            header, _ = read_frame(control)
        except (Closed, OSError):
            self.release(member)
            control.close()
            return self.end_unwanted(member)
        if header["op"] == "interrupt":
            with suppress(ProcessLookupError):
                os.kill(member.pid, signal.SIGINT)
        elif header["op"] == "kill":
            host.tell_ended(control, self._written(member))
            self.kill(member)

    def _written(self, member: Member) -> str:
        try:
            return output.decode(kernel.read_memory(member.pid, member.family.address, output.SIZE))
        except OSError:
            return ""

    def _heard(self, member: Member) -> None:
        """A worker that has branches asks to go on in a copy. Anything else it may say is a reason to end it."""
        try:
            header, files = receive_packet(member.link)
            for fd in files:
                os.close(fd)
            wanted = header.get("op") == "continue" and member.parked
        except Exception:
            # Whatever it sent: even lists within lists, at which the reader of JSON gives up.
            wanted = False
        if not wanted and member.watch < 0:
            return self._died(member)
        # Not heard again before that is done; where its host has hung up it stays as it is, for its branches.
        self._loop.off(member.link)
        if not wanted:
            self.kill(member)
        elif member.control is not None:
            self._on_continue(member)
        return None

    def _died(self, member: Member) -> None:
        if not member.alive:
            return
        self.kill(member)
        member.alive = False
        self.parked -= member.parked
        for source in (member.watch, member.link):
            self._loop.off(source)
        if member.watch >= 0:
            os.close(member.watch)
        member.link.close()
        control = self.release(member)
        if control is not None:
            host.tell_ended(control, "")
            control.close()
        if self._members.get(member.session) is member:
            del self._members[member.session]
        self.forget(member.session)
        self._leave_family(member)

    def _leave_family(self, member: Member) -> None:
        family = member.family
        family.members -= 1
        if family.members == 0 and family.listener is not None:
            self._loop.off(family.listener.fd)
            os.close(family.listener.fd)
            family.listener = None
        if member.parent is not None:
            member.parent.branches.remove(member)
            self.end_unwanted(member.parent)
