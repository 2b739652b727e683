"""Makes one branch of a worker."""

from __future__ import annotations

import os
import select
import socket
import time
from dataclasses import dataclass

from . import branching
from .frames import Closed
from .namespace_jail import NamespaceJail
from .open_files import sockets_of
from .packets import receive_from, receive_packet, send_packet
from .seccomp import Listener
from .space_maker import SpaceMaker

# A branch is there within milliseconds; one that is not has been kept from it by its worker.
_SECONDS = 5.0


@dataclass
class BranchJob:
    """What it takes to copy a worker."""

    source: int
    """The worker that is copied."""
    known: set[int]
    """Its children that are branches already."""
    session: int
    """Of the copy."""
    link: socket.socket
    """To the worker."""
    listener: Listener
    own: socket.socket
    """To the copy, and its other end."""
    other: socket.socket
    connection: list[int]
    """What the copy answers cells on; none where it goes on with the worker's own."""

    def run(self, jail: NamespaceJail, space: SpaceMaker) -> int:
        """Returns the copy. Raises Unforkable, and has done nothing, where the worker cannot be copied as it stands."""
        source, deadline = self.source, time.monotonic() + _SECONDS
        files = branching.files_to_reopen(source, self.known, jail.root)
        passed = [*self.connection, self.other.fileno()]
        given = {f"socket:[{os.fstat(fd).st_ino}]" for fd in passed}
        held = set() if self.connection else sockets_of(source)
        send_packet(self.link, {"op": "branch"}, passed)
        self.other.close()
        pid = self._hello(deadline)
        space.begin(source, pid)
        jail.contain(self.session, pid)
        # The worker closes what it passed on at its own pace.
        while not branching.has_let_go(source, {*self.known, pid}, given):
            if time.monotonic() > deadline:
                raise Closed("the worker kept something of the copy")
            time.sleep(0.0005)
        space.finish(deadline)
        send_packet(self.own, {"op": "go", "files": files})
        _await(self.own, deadline)
        receive_packet(self.own)
        if not branching.is_confined(source, pid, given | held):
            raise Closed("the copy is not confined")
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
