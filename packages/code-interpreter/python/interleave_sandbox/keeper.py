"""The process that looks after all workers: it opens, reports, interrupts, ends and branches them. It runs no cell."""

from __future__ import annotations

import base64
import json
import os
import selectors
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from . import kernel, output
from .branch_job import BranchJob
from .frames import Closed, read_frame, write_frame
from .jail import Jail
from .members import Family, Member
from .namespace_jail import NamespaceJail
from .packets import pair, receive_from, receive_packet, send_packet
from .seccomp import Listener

_HELLO_SECONDS = 5.0
# How often it is tried again to tidy up after a session whose processes are still on their way out.
_TIDY_SECONDS = 0.05

Halves = dict[str, socket.socket]


class Keeper:
    """Serves the host until it hangs up."""

    def __init__(self, jail: Jail, listener: socket.socket, host: int, zygote: socket.socket) -> None:
        self._jail = jail
        self._zygote = zygote
        self._selector = selectors.DefaultSelector()
        self._halves: dict[int, Halves] = {}
        self._members: dict[int, Member] = {}
        self._ended: set[int] = set()
        self._running = True
        self._on(listener, lambda: self._accept(listener))
        self._on(host, self._stop)
        self._on(zygote, self._stop)

    def serve(self) -> None:
        """Answers until the host or the zygote is gone."""
        while self._running:
            for key, _ in self._selector.select(_TIDY_SECONDS if self._ended else None):
                # What was handled before may have closed it.
                if self._selector.get_map().get(key.fd) == key:
                    key.data()
            for session in list(self._ended):
                with suppress(OSError):
                    self._jail.leave_session(session)
                    self._ended.discard(session)

    def _on(self, source: socket.socket | int, handle: Callable[[], None]) -> None:
        self._selector.register(source, selectors.EVENT_READ, handle)

    def _off(self, source: socket.socket | int) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(source)

    def _stop(self) -> None:
        self._running = False

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.settimeout(_HELLO_SECONDS)
        try:
            hello, _ = read_frame(connection)
        except (Closed, OSError):
            connection.close()
            return
        connection.settimeout(None)
        session = hello["session"]
        halves = self._halves.setdefault(session, {})
        halves[hello["role"]] = connection
        if len(halves) < 2:
            return
        del self._halves[session]
        if "from" in hello:
            self._branch(hello["from"], session, halves)
        else:
            self._open(session, halves)

    def _open(self, session: int, halves: Halves) -> None:
        own, other = pair()
        send_packet(self._zygote, {"session": session}, [halves["data"].fileno(), other.fileno()])
        halves["data"].close()
        other.close()
        self._on(own, lambda: self._arrived(session, halves["control"], own))

    def _arrived(self, session: int, control: socket.socket, link: socket.socket) -> None:
        """A new worker says that its jail is closed."""
        self._off(link)
        try:
            hello, files, pid = receive_from(link)
            if "problem" in hello:
                raise Closed(hello["problem"])
            family = Family(hello["address"], Listener(files[0]) if files else None)
            self._jail.contain(session, pid or hello["pid"])
            member = self._adopt(pid or hello["pid"], hello["guard"], link, family, session)
        except (Closed, OSError) as error:
            self._ended.add(session)
            link.close()
            return _refuse(control, str(error) or "its process ended at once")
        self._listen(family)
        self._give_control(member, control)
        _tell(control, {"event": "ready"})

    def _adopt(self, pid: int, guard: int, link: socket.socket, family: Family, session: int) -> Member:
        watch = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        member = Member(pid, guard, link, watch, family, session, None)
        self._members[session] = member
        family.members += 1
        if watch >= 0:
            self._on(watch, lambda: self._died(member))
        self._on(link, lambda: self._heard(member))
        return member

    def _give_control(self, member: Member, control: socket.socket) -> None:
        member.control = control
        self._on(control, lambda: self._ordered(member, control))

    def _listen(self, family: Family) -> None:
        if family.listener is not None and family.members > 0:
            self._on(family.listener.fd, partial(self._asked, family.listener))

    def _asked(self, listener: Listener) -> None:
        """A worker wants namespaces of its own while no branch is being made: it may not."""
        if listener.is_asked():
            listener.answer(set())
        else:
            # Nobody is left who could ask. That is so before the last worker's end is reported: until then it is off.
            self._off(listener.fd)

    def _ordered(self, member: Member, control: socket.socket) -> None:
        """The host says something, or hangs up."""
        try:
            header, _ = read_frame(control)
        except (Closed, OSError):
            self._off(control)
            control.close()
            member.control = None
            return self._end_unwanted(member)
        if header["op"] == "interrupt":
            with suppress(ProcessLookupError):
                os.kill(member.pid, signal.SIGINT)
        elif header["op"] == "kill":
            self._report(member, self._written(member))
            self._kill(member)

    def _kill(self, member: Member) -> None:
        if member.alive:
            self._jail.kill(member.pid, member.guard)

    def _end_unwanted(self, member: Member | None) -> None:
        # A worker that others were copied from is the first process above theirs: it stays while they live.
        while member is not None and member.control is None and not member.branches and not member.family.busy:
            self._kill(member)
            member = member.parent

    def _died(self, member: Member) -> None:
        if not member.alive:
            return
        self._kill(member)
        member.alive = False
        self._report(member, "")
        for source in (member.watch, member.link):
            self._off(source)
        if member.watch >= 0:
            os.close(member.watch)
        member.link.close()
        if member.control is not None:
            self._off(member.control)
            member.control.close()
            member.control = None
        if self._members.get(member.session) is member:
            del self._members[member.session]
        self._ended.add(member.session)
        self._leave_family(member)

    def _leave_family(self, member: Member) -> None:
        family = member.family
        family.members -= 1
        if family.members == 0 and family.listener is not None:
            self._off(family.listener.fd)
            os.close(family.listener.fd)
            family.listener = None
        if member.parent is not None:
            member.parent.branches.remove(member)
            self._end_unwanted(member.parent)

    def _written(self, member: Member) -> str:
        try:
            return output.decode(kernel.read_memory(member.pid, member.family.address, output.SIZE))
        except OSError:
            return ""

    def _report(self, member: Member, written: str) -> None:
        if member.control is not None:
            _tell(member.control, {"event": "ended", "output": base64.b64encode(written.encode()).decode()})

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
        if wanted:
            # Not heard again before that is done; where its host has hung up it stays as it is, for its branches.
            self._off(member.link)
            if member.control is not None:
                self._in_turn(member.family, lambda: self._start(member, member.session, None))
        elif member.watch >= 0:
            self._off(member.link)
            self._kill(member)
        else:
            self._died(member)

    def _branch(self, source: int, session: int, halves: Halves) -> None:
        member = self._members.get(source)
        if member is None or not isinstance(self._jail, NamespaceJail):
            halves["data"].close()
            known = "this tier of isolation has no live branches" if member else "its session is over"
            return _refuse(halves["control"], known)
        self._in_turn(member.family, lambda: self._start(member, session, halves))

    def _in_turn(self, family: Family, start: Callable[[], None]) -> None:
        if family.busy:
            family.waiting.append(start)
        else:
            start()

    def _start(self, source: Member, session: int, halves: Halves | None) -> None:
        """Has a worker copied: for a branch, or, without connections, to go on itself."""
        jail, family = self._jail, source.family
        assert isinstance(jail, NamespaceJail)
        if not source.alive or family.listener is None:
            if halves is not None:
                halves["data"].close()
                _refuse(halves["control"], "its session is over")
            return self._next(family)
        family.busy = True
        self._off(source.link)
        self._off(family.listener.fd)
        own, other = pair()
        known = {branch.pid for branch in source.branches}
        connection = [] if halves is None else [halves["data"].fileno()]
        job = BranchJob(jail, source.pid, known, source.link, family.listener, own, other, session, connection)
        report = job.start()
        other.close()
        if halves is not None:
            halves["data"].close()
        control = None if halves is None else halves["control"]
        self._on(report, lambda: self._made(source, session, control, own, report))

    def _made(
        self, source: Member, session: int, control: socket.socket | None, own: socket.socket, report: int
    ) -> None:
        self._off(report)
        with os.fdopen(report, "rb") as file:
            outcome: dict[str, Any] = json.loads(file.read() or b'{"reason": "it was given up", "broken": true}')
        family = source.family
        family.busy = False
        if source.alive:
            self._on(source.link, lambda: self._heard(source))
        self._listen(family)
        if "pid" in outcome and source.alive:
            self._settle(source, session, control, own, outcome["pid"])
        else:
            own.close()
            if outcome.get("broken"):
                self._kill(source)
            if control is not None:
                self._ended.add(session)
                _refuse(control, outcome.get("reason", "its session is over"))
        self._end_unwanted(source)
        self._next(family)

    def _settle(
        self, source: Member, session: int, control: socket.socket | None, own: socket.socket, pid: int
    ) -> None:
        try:
            copy = self._adopt(pid, 0, own, source.family, session)
        except OSError as error:
            own.close()
            return None if control is None else _refuse(control, str(error))
        copy.parent = source
        source.branches.append(copy)
        source.parked = True
        if control is not None:
            self._give_control(copy, control)
            return _tell(control, {"event": "ready"})
        # The session goes on in the copy; the source stays as its branches have it.
        control, source.control = source.control, None
        if control is not None:
            self._off(control)
            self._give_control(copy, control)
        else:
            # Its host hung up meanwhile.
            self._end_unwanted(copy)
        return None

    def _next(self, family: Family) -> None:
        if family.waiting and not family.busy:
            family.waiting.popleft()()


def _tell(control: socket.socket, event: dict[str, Any]) -> None:
    # A host that has hung up is noticed where it is read from.
    with suppress(OSError):
        write_frame(control, event)


def _refuse(control: socket.socket, reason: str) -> None:
    _tell(control, {"event": "failed", "reason": reason})
    control.close()
