"""Makes one branch, in a process of its own: whatever the worker does meanwhile, nobody else waits for it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import branching
from .frames import Closed
from .namespace_jail import NamespaceJail
from .open_files import Unforkable, sockets_of
from .packets import receive_from, receive_packet, send_packet
from .seccomp import Listener

# A branch is there within milliseconds; one that is not has been kept from it by its worker.
_SECONDS = 5.0


@dataclass
class BranchJob:
    """What it takes to copy a worker."""

    jail: NamespaceJail
    source: int
    """The worker that is copied."""
    known: set[int]
    """Its children that are branches already."""
    link: socket.socket
    """To the worker."""
    listener: Listener
    own: socket.socket
    """To the copy, and its other end."""
    other: socket.socket
    session: int
    connection: list[int]
    """What the copy answers cells on; none where it goes on with the worker's own."""

    def start(self) -> int:
        """Begins. Returns where the outcome can be read: `{pid}`, or `{reason, broken}`."""
        reader, writer = os.pipe()
        if os.fork() != 0:
            os.close(writer)
            return reader
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        outcome: dict[str, object]
        try:
            outcome = {"pid": self._make()}
        except Unforkable as error:
            outcome = {"reason": str(error), "broken": False}
        except BaseException as error:
            # It may have been on its way into a space of its own.
            outcome = {"reason": f"its worker did not answer as it should ({error})", "broken": True}
        os.write(writer, json.dumps(outcome).encode())
        os._exit(0)

    def _make(self) -> int:
        jail, source = self.jail, self.source
        files = branching.files_to_reopen(source, self.known, jail.root)
        deadline = time.monotonic() + _SECONDS
        given = {f"socket:[{os.fstat(fd).st_ino}]" for fd in (*self.connection, self.other.fileno())}
        held = set() if self.connection else sockets_of(source)
        send_packet(self.link, {"op": "branch"}, [*self.connection, self.other.fileno()])
        self.other.close()
        pid = self._hello(deadline)
        jail.contain(self.session, pid)
        _apart(lambda: branching.make_space(source, pid, jail.root, jail.bounds))
        send_packet(self.own, {"op": "go", "files": files})
        _await(self.own, deadline)
        receive_packet(self.own)
        if not branching.is_confined(source, pid, given | held):
            raise Closed("the copy is not confined")
        # The worker closes what it passed on at its own pace.
        while not branching.has_let_go(source, {*self.known, pid}, given):
            if time.monotonic() > deadline:
                raise Closed("the worker kept something of the copy")
            time.sleep(0.0005)
        send_packet(self.own, {"op": "serve"})
        return pid

    def _hello(self, deadline: float) -> int:
        """Answers the one clone that is allowed. The kernel says who the copy is."""
        granted = {self.source}
        waiting = select.poll()
        waiting.register(self.own, select.POLLIN)
        waiting.register(self.listener.fd, select.POLLIN)
        while (left := deadline - time.monotonic()) > 0:
            for fd, _ in waiting.poll(left * 1000):
                if fd == self.listener.fd:
                    self.listener.answer(granted)
                    continue
                return receive_from(self.own)[2]
        raise Closed("too late")


def _await(link: socket.socket, deadline: float) -> None:
    waiting = select.poll()
    waiting.register(link, select.POLLIN)
    if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise Closed("too late")


def _apart(work: Callable[[], None]) -> None:
    """Does something in a process of its own, since it cannot be undone in this one."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    if os.waitpid(pid, 0)[1] != 0:
        raise Closed("no space could be made")
