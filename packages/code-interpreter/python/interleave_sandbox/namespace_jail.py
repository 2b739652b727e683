"""Tiers T3 and T2."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from . import cgroup, kernel, limits, namespaces, seccomp, worker

_BRANCH_FLAGS = kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID | kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC


class NamespaceJail:
    """T2, and T3 with control groups."""

    def __init__(
        self, bounds: limits.Limits, place: str, cgroups: cgroup.Cgroups | None, folders: Sequence[str] = ()
    ) -> None:
        self.bounds = bounds
        self.cgroups = cgroups
        self.root = namespaces.Root(place, [*namespaces.interpreter_folders(), *folders])
        self._user = self._group = 0
        self._clone_session = kernel.prepare_clone(namespaces.SESSION_FLAGS)
        self._clone_branch = kernel.prepare_clone(_BRANCH_FLAGS)

    def enter_server(self) -> None:
        self.root.enter()
        self._user, self._group = os.geteuid(), os.getegid()

    def spawn(self) -> int:
        return self._clone_session()

    def settle(self, session: int) -> None:
        pass

    def enter_worker(self, session: int) -> int | None:
        self._close()
        worker.prepare("/tmp")
        limits.apply(self.bounds, open_files=False)
        return seccomp.install(branch_flags=_BRANCH_FLAGS)

    def enter_program(self, session: int) -> None:
        self._close()
        os.chdir("/tmp")
        limits.apply(self.bounds, address_space=False)
        seccomp.install(programs=True)

    def _close(self) -> None:
        namespaces.write_maps("self", self._user, self._group)
        socket.sethostname("sandbox")
        # A process group reaches across process namespaces: kill(0) would end every other session.
        os.setsid()
        kernel.die_with_parent()
        kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
        self.root.scratch(self.bounds)
        namespaces.hide_processes()
        kernel.drop_capabilities()

    def contain(self, session: int, pid: int) -> None:
        if self.cgroups is not None:
            self.cgroups.join(f"s{session}", self.bounds, pid)

    def branch(self, first: Callable[[], None] | None = None) -> int:
        return self._clone_branch(first)

    def kill(self, pid: int, guard: int) -> None:
        # It is the first process of its namespace: all others in there go with it.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def leave_session(self, session: int) -> None:
        if self.cgroups is not None:
            self.cgroups.leave(f"s{session}")
