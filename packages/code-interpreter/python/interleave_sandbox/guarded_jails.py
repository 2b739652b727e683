"""Tiers T1 and T0: no namespaces, so a guard above each session ends what it leaves behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from . import kernel, landlock, limits, namespaces, seccomp, worker
from .guard import become_guarded, kill_guarded
from .jail import Unavailable

# Sessions of tier T1 have one user id each where the server was started as root.
_SESSION_USERS = 50_000


class GuardedJail:
    """A folder and a guard for each session. By itself it is T0: limits, and nothing else."""

    branch = None

    def __init__(self, bounds: limits.Limits, place: str) -> None:
        self.bounds = bounds
        self.place = place

    def enter_server(self) -> None:
        pass

    def spawn(self) -> int:
        return os.fork()

    def settle(self, session: int) -> None:
        os.mkdir(self.folder(session), 0o700)
        become_guarded()

    def enter_worker(self, session: int) -> int | None:
        os.setsid()
        worker.prepare(self.folder(session))
        # A plain user's processes are counted together, theirs and the session's: a limit would hit the wrong ones.
        limits.apply(self.bounds, processes=False)
        return None

    def enter_program(self, session: int) -> None:
        os.setsid()
        os.chdir(self.folder(session))
        limits.apply(self.bounds, address_space=False, processes=False)

    def contain(self, session: int, pid: int) -> None:
        pass

    def kill(self, pid: int, guard: int) -> None:
        kill_guarded(guard)

    def leave_session(self, session: int) -> None:
        shutil.rmtree(self.folder(session), ignore_errors=True)

    def folder(self, session: int) -> str:
        """Where a session may write."""
        return os.path.join(self.place, f"s{session}")


class LandlockJail(GuardedJail):
    """T1: where the kernel or a container forbids namespaces."""

    def __init__(self, bounds: limits.Limits, place: str, folders: Sequence[str] = ()) -> None:
        super().__init__(bounds, place)
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

    def settle(self, session: int) -> None:
        os.mkdir(self.folder(session), 0o700)
        if self.separate_users:
            user = namespaces.HOST_USER + 1 + os.getpid() % _SESSION_USERS
            os.chown(self.folder(session), user, user)
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            kernel.make_dumpable()
        become_guarded()

    def enter_worker(self, session: int) -> int | None:
        os.setsid()
        worker.prepare(self.folder(session))
        self._confine(session, namespaces.interpreter_folders())
        limits.apply(self.bounds)
        return seccomp.install()

    def enter_program(self, session: int) -> None:
        os.setsid()
        os.chdir(self.folder(session))
        self._confine(session, self.folders)
        limits.apply(self.bounds, address_space=False)
        seccomp.install(programs=True)

    def _confine(self, session: int, folders: Sequence[str]) -> None:
        system = ["/usr", "/lib", "/lib64", "/dev/null", "/dev/urandom"]
        landlock.restrict([*system, *folders], [self.folder(session), "/dev/null"])
