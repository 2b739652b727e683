"""Tiers T3 and T2: a root of their own for all sessions, then namespaces and scratch space for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from . import kernel
from .kernel import MS_BIND, MS_NODEV, MS_NOSUID, MS_PRIVATE, MS_RDONLY, MS_REC, MS_REMOUNT
from .limits import Limits

# What each session has of its own.
SESSION_FLAGS = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWNET
)
# Who sessions are: on the host where the server was started as root, and as they see themselves.
HOST_USER = 540_000
INNER_USER = 1000

_DEVICES = ("null", "zero", "full", "random", "urandom")
# Where what lies below /tmp waits to be put on top of a session's own /tmp.
_STASH = "/opt"


def write_maps(process: str, outside: int, groups: int) -> None:
    """Maps one user and one group into the user namespace of a process, `self` or its id."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_USER} {outside} 1"),
        ("gid_map", f"{INNER_USER} {groups} 1"),
    ):
        with open(f"/proc/{process}/{name}", "w") as file:
            file.write(text)


def interpreter_folders() -> list[str]:
    """The folders that hold this interpreter and its libraries."""
    return sorted({os.path.realpath(folder) for folder in (sys.prefix, sys.base_prefix)} | {sys.prefix})


class Root:
    """A file system with the system's programs and the folders named, all read-only, and nothing else."""

    def __init__(self, place: str, folders: Iterable[str]) -> None:
        self._place = place
        self._folders = [folder for folder in sorted(set(folders)) if not folder.startswith("/usr/")]
        self._hidden = [folder for folder in self._folders if f"{folder}/".startswith("/tmp/")]

    def enter(self) -> None:
        """Makes it the root of this process, which gives up being root on the way."""
        privileged = os.geteuid() == 0
        if privileged:
            kernel.unshare(kernel.CLONE_NEWNS)
        else:
            user, group = os.geteuid(), os.getegid()
            kernel.make_dumpable()
            kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
            write_maps("self", user, group)
        kernel.mount("none", "/", None, MS_REC | MS_PRIVATE)
        kernel.mount("tmpfs", self._place, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
        self._fill()
        os.chdir(self._place)
        os.mkdir("old")
        kernel.pivot_root(".", "old")
        os.chdir("/")
        kernel.unmount("/old")
        os.rmdir("/old")
        kernel.mount("none", "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
        if privileged:
            os.setgroups([])
            os.setresgid(HOST_USER, HOST_USER, HOST_USER)
            os.setresuid(HOST_USER, HOST_USER, HOST_USER)
        kernel.make_dumpable()

    def shows(self, path: str) -> bool:
        """Whether a folder below /tmp is part of this root, and not of a session."""
        return path in self._hidden

    def scratch(self, limits: Limits) -> None:
        """Fresh /tmp and /dev/shm for one session, and no /proc."""
        flags = MS_NOSUID | MS_NODEV
        inodes = 4096
        kernel.mount("tmpfs", "/tmp", "tmpfs", flags, f"size={limits.temporary},nr_inodes={inodes},mode=1777")
        kernel.mount("tmpfs", "/dev/shm", "tmpfs", flags, f"size={limits.shared},nr_inodes={inodes},mode=1777")
        for index, path in enumerate(self._hidden):
            _make_place(path, f"{_STASH}/{index}")
            kernel.mount(f"{_STASH}/{index}", path, None, MS_BIND)

    def _fill(self) -> None:
        os.umask(0o022)
        for name in ("usr", "lib", "lib64", "lib32", "libx32", "bin", "sbin"):
            if os.path.islink(f"/{name}"):
                os.symlink(os.readlink(f"/{name}"), f"{self._place}/{name}")
            elif os.path.isdir(f"/{name}"):
                self._bind(f"/{name}")
        for name in ("tmp", "proc", "dev/shm"):
            os.makedirs(f"{self._place}/{name}")
        for index, folder in enumerate(self._hidden):
            self._bind(folder, f"{_STASH}/{index}")
        for folder in self._folders:
            if folder not in self._hidden:
                self._bind(folder)
        for name in _DEVICES:
            self._bind(f"/dev/{name}")
        # For the keepers, who write id maps and look at their workers. Each worker hides it from itself.
        kernel.mount("/proc", f"{self._place}/proc", None, MS_BIND | MS_REC)

    def _bind(self, source: str, target: str | None = None) -> None:
        place = self._place + (target or source)
        _make_place(place, source)
        kernel.mount(source, place, None, MS_BIND | MS_REC)
        device = source.startswith("/dev/")
        flags = MS_REMOUNT | MS_BIND | MS_NOSUID | (0 if device else MS_RDONLY | MS_NODEV)
        kernel.mount("none", place, None, flags)


def _make_place(path: str, source: str) -> None:
    """Makes a file or a folder to mount `source` on, as it is one or the other."""
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a"):
        pass


def hide_processes() -> None:
    """Covers /proc in this process's own mount namespace."""
    kernel.mount("tmpfs", "/proc", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=555")
