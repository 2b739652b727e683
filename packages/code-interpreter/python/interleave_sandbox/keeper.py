"""The process that looks after all workers: it opens, reports, interrupts, ends and branches them. It runs no cell."""

from __future__ import annotations

import socket

from . import host
from .branches import Branches
from .event_loop import EventLoop
from .frames import Closed, read_frame
from .jail import Jail
from .members import Family
from .packets import pair, receive_from
from .roster import Roster
from .seccomp import Listener
from .zygote_process import ZygoteProcess

_HELLO_SECONDS = 5.0


class Keeper:
    """Serves the host until it hangs up."""

    def __init__(self, jail: Jail, listener: socket.socket, standard_input: int, zygote: ZygoteProcess) -> None:
        self._jail = jail
        self._zygote = zygote
        self._loop = EventLoop()
        self._roster = Roster(self._loop, jail, lambda member: self._branches.go_on(member))
        self._branches = Branches(self._loop, jail, self._roster)
        self._halves: dict[int, dict[str, socket.socket]] = {}
        self._loop.on(listener, lambda: self._accept(listener))
        self._loop.on(standard_input, self._loop.stop)
        self._loop.on(zygote.link, self._loop.stop)

    def serve(self) -> None:
        """Answers until the host or the zygote is gone."""
        self._loop.run(self._tidy)

    def _tidy(self) -> float | None:
        self._branches.tidy()
        return self._roster.tidy()

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
        connections = host.Connections(**self._halves.pop(session))
        if "from" in hello:
            self._branches.branch(hello["from"], session, connections)
        else:
            self._open(session, connections)

    def _open(self, session: int, connections: host.Connections) -> None:
        own, other = pair()
        self._zygote.fork(session, connections.data, other)
        connections.data.close()
        other.close()
        self._loop.on(own, lambda: self._arrived(session, connections.control, own))

    def _arrived(self, session: int, control: socket.socket, link: socket.socket) -> None:
        """A new worker says that its jail is closed."""
        self._loop.off(link)
        try:
            hello, files, pid = receive_from(link)
            if "problem" in hello:
                raise Closed(hello["problem"])
            family = Family(hello["address"], Listener(files[0]) if files else None)
            self._jail.contain(session, pid or hello["pid"])
            member = self._roster.adopt(pid or hello["pid"], hello["guard"], link, family, session)
        except (Closed, OSError) as error:
            self._roster.forget(session)
            link.close()
            return host.refuse(control, str(error) or "its process ended at once")
        self._branches.watch(family)
        self._roster.obey(member, control)
        host.tell_ready(control)
