"""The tiers behind one shape: what the server, a keeper and a worker each do to close the jail."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from . import cgroup, kernel, landlock, limits, namespaces, seccomp, worker
from .guard import fork_guarded, kill_guarded

BRANCH_FLAGS = kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID | kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC
# Sessions of tier T1 have one user id each where the server was started as root.
_SESSION_USERS = 50_000


class Unavailable(Exception):
    """A tier cannot be had here; the message says why."""


class Jail(Protocol):
    """One tier."""

    bounds: limits.Limits

    def enter_server(self) -> None:
        """What the process does, once, that forks sessions."""

    def spawn(self, session: int) -> int:
        """Forks a session's first process. Returns 0 in it."""

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
    def branch(self) -> Callable[[], int] | None:
        """Forks a worker into a branch of its session, where the tier can keep the two apart."""


class NamespaceJail:
    """T2, and T3 with control groups."""

    def __init__(
        self, bounds: limits.Limits, place: str, cgroups: cgroup.Cgroups | None, folders: Sequence[str] = ()
    ) -> None:
        self.bounds = bounds
        self.cgroups = cgroups
        self.root = namespaces.Root(place, [*namespaces.interpreter_folders(), *folders])
        self._user = self._group = 0

    def enter_server(self) -> None:
        self.root.enter()
        self._user, self._group = os.geteuid(), os.getegid()

    def spawn(self, session: int) -> int:
        return kernel.clone(namespaces.SESSION_FLAGS)

    def enter_worker(self, session: int) -> int | None:
        self._close()
        worker.prepare("/tmp")
        limits.apply(self.bounds, open_files=False)
        return seccomp.install(branch_flags=BRANCH_FLAGS)

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

    def branch(self) -> int:
        return kernel.clone(BRANCH_FLAGS)

    def kill(self, pid: int, guard: int) -> None:
        # It is the first process of its namespace: all others in there go with it.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def leave_session(self, session: int) -> None:
        if self.cgroups is not None:
            self.cgroups.leave(f"s{session}")


class LandlockJail:
    """T1: where the kernel or a container forbids namespaces."""

    branch = None

    def __init__(self, bounds: limits.Limits, place: str, folders: Sequence[str] = ()) -> None:
        self.bounds = bounds
        self.place = place
        self.folders = folders
        self.separate_users = os.geteuid() == 0
        if landlock.version() == 0:
            raise Unavailable("the kernel has no Landlock")
        if not self.separate_users and not landlock.confines_signals():
            raise Unavailable("this Landlock does not confine signals: Linux 6.12 is needed, or a start as root")

    def enter_server(self) -> None:
        if self.separate_users:
            # Sessions have other users, who must come through to their own folders.
            for folder in (os.path.dirname(self.place), self.place):
                os.chmod(folder, 0o711)

    def spawn(self, session: int) -> int:
        return fork_guarded(lambda: self._settle(session))

    def _settle(self, session: int) -> None:
        os.mkdir(self._folder(session), 0o700)
        if self.separate_users:
            user = namespaces.HOST_USER + 1 + os.getpid() % _SESSION_USERS
            os.chown(self._folder(session), user, user)
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            kernel.make_dumpable()

    def enter_worker(self, session: int) -> int | None:
        os.setsid()
        worker.prepare(self._folder(session))
        self._confine(session, namespaces.interpreter_folders())
        limits.apply(self.bounds)
        return seccomp.install()

    def enter_program(self, session: int) -> None:
        os.setsid()
        os.chdir(self._folder(session))
        self._confine(session, self.folders)
        limits.apply(self.bounds, address_space=False)
        seccomp.install(programs=True)

    def contain(self, session: int, pid: int) -> None:
        pass

    def kill(self, pid: int, guard: int) -> None:
        kill_guarded(guard)

    def leave_session(self, session: int) -> None:
        shutil.rmtree(self._folder(session), ignore_errors=True)

    def _confine(self, session: int, folders: Sequence[str]) -> None:
        system = ["/usr", "/lib", "/lib64", "/dev/null", "/dev/urandom"]
        landlock.restrict([*system, *folders], [self._folder(session), "/dev/null"])

    def _folder(self, session: int) -> str:
        return os.path.join(self.place, f"s{session}")


class PlainJail:
    """T0: limits, and nothing else."""

    branch = None

    def __init__(self, bounds: limits.Limits, place: str) -> None:
        self.bounds = bounds
        self.place = place

    def enter_server(self) -> None:
        pass

    def spawn(self, session: int) -> int:
        return fork_guarded(lambda: os.mkdir(self._folder(session), 0o700))

    def enter_worker(self, session: int) -> int | None:
        os.setsid()
        worker.prepare(self._folder(session))
        # A plain user's processes are counted together, theirs and the session's: a limit would hit the wrong ones.
        limits.apply(self.bounds, processes=False)
        return None

    def enter_program(self, session: int) -> None:
        os.setsid()
        os.chdir(self._folder(session))
        limits.apply(self.bounds, address_space=False, processes=False)

    def contain(self, session: int, pid: int) -> None:
        pass

    def kill(self, pid: int, guard: int) -> None:
        kill_guarded(guard)

    def leave_session(self, session: int) -> None:
        shutil.rmtree(self._folder(session), ignore_errors=True)

    def _folder(self, session: int) -> str:
        return os.path.join(self.place, f"s{session}")
