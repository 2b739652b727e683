"""How a keeper makes a branch: whether a worker can be copied as it stands, and a space of its own for the copy."""

from __future__ import annotations

import os
import re
import stat

from . import kernel
from .limits import Limits
from .namespaces import INNER_USER, Root, write_maps
from .open_files import OpenFile, Unforkable, are_apart, only_files_of, sockets_of
from .shared_memory import shares_memory

# To its host and to its keeper.
_SOCKETS = 2


def files_to_reopen(pid: int, known: set[int], root: Root) -> list[OpenFile]:
    """
    The open files of a worker that is about to be copied; `known` may be its children. Raises Unforkable where a fork
    would not be an exact and separate copy: threads are not copied, and shared memory, pipes and processes would
    belong to both.
    """
    _check_alone(pid, known)
    if shares_memory(pid) or os.listdir(f"/proc/{pid}/root/dev/shm"):
        raise Unforkable("it has shared memory")
    inside = f"/proc/{pid}/root"
    for folder, folders, names in os.walk(f"{inside}/tmp"):
        folders[:] = [name for name in folders if not root.shows(os.path.join(folder, name).removeprefix(inside))]
        if any(not stat.S_ISDIR(os.lstat(os.path.join(folder, name)).st_mode) for name in folders):
            raise Unforkable("it made links or devices")
        for name in names:
            found = os.lstat(os.path.join(folder, name))
            if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                raise Unforkable("it made links or devices")
    return only_files_of(pid, _SOCKETS)


def _check_alone(pid: int, known: set[int]) -> None:
    if len(os.listdir(f"/proc/{pid}/task")) != 1:
        raise Unforkable("it has threads")
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        if any(int(word) not in known for word in file.read().split()):
            raise Unforkable("it has processes")


def make_space(source: int, branch: int, root: Root, limits: Limits) -> None:
    """
    Gives a branch its ids and its own scratch space with the source's files. It moves into the namespaces of the
    branch, so it runs in a process of its own.
    """
    files = os.open(f"/proc/{source}/root/tmp", os.O_RDONLY | os.O_DIRECTORY)
    parent, user, mounts = (
        os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
        for pid, kind in ((source, "user"), (branch, "user"), (branch, "mnt"))
    )
    # Ids of a namespace are written from the one above it.
    kernel.setns(parent, kernel.CLONE_NEWUSER)
    write_maps(str(branch), INNER_USER, INNER_USER)
    kernel.setns(user, kernel.CLONE_NEWUSER)
    kernel.setns(mounts, kernel.CLONE_NEWNS)
    root.scratch(limits)
    _copy(files, "/tmp", root)


def _copy(source: int, target: str, root: Root) -> None:
    for folder, folders, names, fd in os.fwalk(".", dir_fd=source):
        folders[:] = [name for name in folders if not root.shows(os.path.normpath(os.path.join(target, folder, name)))]
        for name in folders:
            os.makedirs(os.path.join(target, folder, name), exist_ok=True)
        for name in names:
            with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=fd), "rb") as original:
                place = os.path.join(target, folder, name)
                with open(place, "wb") as copy:
                    copy.write(original.read())
                os.chmod(place, stat.S_IMODE(os.fstat(original.fileno()).st_mode))


def has_let_go(source: int, known: set[int], sockets: set[str]) -> bool:
    """Whether a worker holds nothing of the branch that was copied from it, itself or through another process."""
    try:
        _check_alone(source, known)
    except Unforkable:
        return False
    return not sockets & sockets_of(source)


def is_confined(source: int, branch: int, sockets: set[str]) -> bool:
    """
    Whether a branch is where it should be and holds none but its own sockets and files, whatever it did on the way:
    looked at from outside.
    """
    try:
        _check_alone(branch, set())
        files = only_files_of(branch, _SOCKETS)
    except Unforkable:
        return False
    # In the process group of its source it could signal that one.
    if os.getpgid(branch) != branch or not sockets_of(branch) <= sockets:
        return False
    for kind in ("user", "pid", "mnt", "ipc"):
        if os.readlink(f"/proc/{source}/ns/{kind}") == os.readlink(f"/proc/{branch}/ns/{kind}"):
            return False
    if os.stat(f"/proc/{branch}/cwd").st_dev == os.stat(f"/proc/{source}/root/tmp").st_dev:
        return False
    if not are_apart(branch, files):
        return False
    with open(f"/proc/{branch}/status") as file:
        status = file.read()
    return bool(re.search(r"^CapPrm:\t0+$", status, re.MULTILINE)) and bool(
        re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    )
