"""Has workers copied: for branches, and so that one that has branches can go on itself."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial

from . import host
from .branch_helper import BranchHelper
from .branch_job import BranchJob
from .event_loop import EventLoop
from .jail import Jail
from .members import Family, Member
from .namespace_jail import NamespaceJail
from .packets import pair
from .roster import Roster
from .seccomp import Listener

# Helpers that are kept for the next branch. More are made when more are needed at once.
_IDLE_HELPERS = 2


class Branches:
    """One copy at a time within a family; different families do not wait for each other."""

    def __init__(self, loop: EventLoop, jail: Jail, roster: Roster) -> None:
        self._loop = loop
        self._jail = jail
        self._roster = roster
        self._helpers: list[BranchHelper] = []

    def watch(self, family: Family) -> None:
        """Refuses the clones that workers ask for while no branch is being made."""
        if family.listener is not None and family.members > 0:
            self._loop.on(family.listener.fd, partial(self._asked, family.listener))

    def branch(self, source: int, session: int, connections: host.Connections) -> None:
        """Answers a host that wants a branch of the session `source`."""
        member = self._roster.find(source)
        if member is None or not isinstance(self._jail, NamespaceJail):
            connections.data.close()
            known = "this tier of isolation has no live branches" if member else "its session is over"
            return host.refuse(connections.control, known)
        _in_turn(member.family, lambda: self._start(member, session, connections))

    def go_on(self, member: Member) -> None:
        """Answers a worker that has branches and is to run a cell."""
        _in_turn(member.family, lambda: self._start(member, member.session, None))

    def tidy(self) -> None:
        """Ends the helpers where nobody has branches."""
        while self._helpers and not self._roster.parked:
            self._helpers.pop().close()

    def _asked(self, listener: Listener) -> None:
        if listener.is_asked():
            listener.answer(set())
        else:
            # Nobody is left who could ask. That is so before the last worker's end is reported: until then it is off.
            self._loop.off(listener.fd)

    def _start(self, source: Member, session: int, connections: host.Connections | None) -> None:
        family, jail = source.family, self._jail
        assert isinstance(jail, NamespaceJail)
        if not source.alive or family.listener is None:
            if connections is not None:
                connections.data.close()
                host.refuse(connections.control, "its session is over")
            return _next(family)
        family.busy = True
        self._loop.off(source.link)
        self._loop.off(family.listener.fd)
        own, other = pair()
        known = {branch.pid for branch in source.branches}
        data = [] if connections is None else [connections.data.fileno()]
        job = BranchJob(source.pid, known, session, source.link, family.listener, own, other, data)
        helper = self._helpers.pop() if self._helpers else BranchHelper(jail)
        while not helper.begin(job):
            helper.close()
            helper = BranchHelper(jail)
        other.close()
        if connections is not None:
            connections.data.close()
        control = None if connections is None else connections.control
        self._loop.on(helper.link, lambda: self._made(helper, source, session, control, own))
        return None

    def _made(
        self, helper: BranchHelper, source: Member, session: int, control: socket.socket | None, own: socket.socket
    ) -> None:
        self._loop.off(helper.link)
        outcome = helper.outcome()
        self._keep(helper)
        family = source.family
        family.busy = False
        if source.alive:
            self._roster.hear(source)
        self.watch(family)
        if "pid" in outcome and source.alive:
            self._settle(source, session, control, own, outcome["pid"])
        else:
            own.close()
            if outcome.get("broken"):
                self._roster.kill(source)
            if control is not None:
                self._roster.forget(session)
                host.refuse(control, outcome.get("reason", "its session is over"))
        self._roster.end_unwanted(source)
        _next(family)

    def _settle(
        self, source: Member, session: int, control: socket.socket | None, own: socket.socket, pid: int
    ) -> None:
        roster = self._roster
        try:
            copy = roster.adopt(pid, 0, own, source.family, session)
        except OSError as error:
            own.close()
            return None if control is None else host.refuse(control, str(error))
        copy.parent = source
        source.branches.append(copy)
        roster.park(source)
        if control is not None:
            roster.obey(copy, control)
            return host.tell_ready(control)
        # The session goes on in the copy; the source stays as its branches have it.
        control = roster.release(source)
        if control is not None:
            roster.obey(copy, control)
        else:
            # Its host hung up meanwhile.
            roster.end_unwanted(copy)
        return None

    def _keep(self, helper: BranchHelper) -> None:
        if len(self._helpers) < _IDLE_HELPERS:
            self._helpers.append(helper)
        else:
            helper.close()


def _in_turn(family: Family, start: Callable[[], None]) -> None:
    if family.busy:
        family.waiting.append(start)
    else:
        start()


def _next(family: Family) -> None:
    if family.waiting and not family.busy:
        family.waiting.popleft()()
