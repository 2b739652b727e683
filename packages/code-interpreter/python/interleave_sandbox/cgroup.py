"""Control groups: a bound on the memory and the processes of a session as a whole. Versions 2 and 1."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from .limits import Limits

_MOUNTS = "/proc/self/mountinfo"
_NEEDED = ("memory", "pids")
_PREFIX = "interleave-"


class CgroupError(Exception):
    """Sessions cannot have control groups here; the message says why."""


def _mounted(kind: str, option: str = "") -> str | None:
    with open(_MOUNTS) as file:
        for line in file:
            place, rest = line.split(" - ", 1)
            words = rest.split()
            if words[0] == kind and (not option or option in words[2].split(",")):
                return place.split()[4]
    return None


def _own(controller: str) -> str:
    with open("/proc/self/cgroup") as file:
        for line in file:
            _, names, path = line.rstrip("\n").split(":", 2)
            if controller in names.split(",") or (not controller and not names):
                return path
    return "/"


def _base(mount: str, controller: str) -> str:
    own = mount + _own(controller)
    # In a container the path may be that of the host, where the container's own root is mounted.
    return own if os.path.isdir(own) else mount


def _write(folder: str, name: str, value: object) -> None:
    with open(f"{folder}/{name}", "w") as file:
        file.write(str(value))


class Cgroups:
    """A folder for this server below its own control group, one for each session in it."""

    def __init__(self, user: int) -> None:
        self._unified = False
        self.places: list[int] = []
        try:
            self._folders = self._make()
            self._hand_over(user)
        except OSError as error:
            raise CgroupError(f"{error.strerror}: {error.filename}") from error

    @property
    def folders(self) -> list[str]:
        """What to remove once the server has ended."""
        return list(self._folders)

    def _make(self) -> list[str]:
        name = f"{_PREFIX}{os.getpid()}"
        unified = _mounted("cgroup2")
        if unified is not None:
            base = _base(unified, "")
            with open(f"{base}/cgroup.controllers") as file:
                offered = file.read().split()
            if all(controller in offered for controller in _NEEDED):
                self._unified = True
                _write(base, "cgroup.subtree_control", "+memory +pids")
                return [self._own_folder(f"{base}/{name}")]
        places = [(controller, _mounted("cgroup", controller)) for controller in _NEEDED]
        missing = [controller for controller, mount in places if mount is None]
        if missing:
            raise CgroupError(f"the controllers {' and '.join(missing)} are not mounted")
        return [self._own_folder(f"{_base(mount or '', controller)}/{name}") for controller, mount in places]

    def _own_folder(self, folder: str) -> str:
        remove_abandoned(os.path.dirname(folder))
        with suppress(FileExistsError):
            os.mkdir(folder)
        if self._unified:
            _write(folder, "cgroup.subtree_control", "+memory +pids")
            os.makedirs(f"{folder}/server", exist_ok=True)
            _write(f"{folder}/server", "cgroup.procs", "0")
        return folder

    def _hand_over(self, user: int) -> None:
        """Makes another user the owner, and opens what will be out of reach in a new root."""
        if os.geteuid() == 0:
            for folder in self._folders:
                os.chown(folder, user, user)
                for entry in ("cgroup.procs", "cgroup.subtree_control"):
                    with suppress(FileNotFoundError):
                        os.chown(f"{folder}/{entry}", user, user)
        self.places = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for folder in self._folders]

    def join(self, session: str, limits: Limits, pid: int = 0) -> None:
        """Puts a process, by default this one, into the control group of a session."""
        for place in self.places:
            with suppress(FileExistsError):
                os.mkdir(session, dir_fd=place)
            inner = os.open(session, os.O_RDONLY | os.O_DIRECTORY, dir_fd=place)
            try:
                for name, value in self._values(limits):
                    self._set(inner, name, value, optional=True)
                self._set(inner, "cgroup.procs", pid)
            finally:
                os.close(inner)

    def _values(self, limits: Limits) -> list[tuple[str, object]]:
        if self._unified:
            memory = [("memory.max", limits.memory), ("memory.swap.max", 0), ("memory.oom.group", 0)]
        else:
            memory = [("memory.limit_in_bytes", limits.memory), ("memory.memsw.limit_in_bytes", limits.memory)]
        return [*memory, ("pids.max", limits.processes)]

    @staticmethod
    def _set(folder: int, name: str, value: object, *, optional: bool = False) -> None:
        try:
            fd = os.open(name, os.O_WRONLY, dir_fd=folder)
        except FileNotFoundError:
            # Each version 1 controller has its own files; accounting for swap is an option of the kernel.
            if optional:
                return
            raise
        try:
            os.write(fd, str(value).encode())
        finally:
            os.close(fd)

    def leave(self, session: str) -> None:
        """Removes the control group of a session that has ended. Raises OSError while a process is still there."""
        for place in self.places:
            with suppress(FileNotFoundError):
                os.rmdir(session, dir_fd=place)


def remove(folder: str) -> None:
    """Removes a server's folder with those of its sessions."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.is_dir():
                with suppress(OSError):
                    os.rmdir(entry.path)
        os.rmdir(folder)


def remove_abandoned(base: str) -> None:
    """Removes what servers left that were killed before they could tidy up."""
    for entry in os.scandir(base):
        match = re.fullmatch(rf"{_PREFIX}(\d+)", entry.name)
        if match and not os.path.exists(f"/proc/{match[1]}"):
            remove(entry.path)
