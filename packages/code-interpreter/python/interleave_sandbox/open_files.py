"""Files that a fork would share: a copy opens them anew, so that reading in one does not move the other's place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress

# File descriptor, path, flags of open(2), place in the file.
OpenFile = tuple[int, str, int, int]

_ONLY_ONCE = os.O_CREAT | os.O_EXCL | os.O_TRUNC


class Unforkable(Exception):
    """A process has something open that cannot be opened anew; the message says what."""


def files_of(pid: int | str) -> list[OpenFile]:
    """The regular files that a process has open."""
    found = _open(pid).items()
    return [_described(pid, name, path) for name, path in found if os.path.isfile(f"/proc/{pid}/fd/{name}")]


def only_files_of(pid: int, sockets: int) -> list[OpenFile]:
    """The same, for a process that has nothing else open. Raises Unforkable for pipes, folders and further sockets."""
    files: list[OpenFile] = []
    for name, path in _open(pid).items():
        if path.startswith("socket:"):
            sockets -= 1
        elif path != "/dev/null":
            if not os.path.isfile(f"/proc/{pid}/fd/{name}") or path.endswith(" (deleted)"):
                raise Unforkable("it has something open that has no name")
            files.append(_described(pid, name, path))
    if sockets < 0:
        raise Unforkable("it has open sockets")
    return files


def sockets_of(pid: int) -> set[str]:
    """The sockets that a process has open, by the kernel's names for them."""
    return {path for path in _open(pid).values() if path.startswith("socket:")}


def keep_open(files: set[int]) -> None:
    """Closes every file but standard input and output and the ones named."""
    last = 2
    for fd in sorted(files):
        os.closerange(last + 1, fd)
        last = max(last, fd)
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))


def _open(pid: int | str) -> dict[str, str]:
    found: dict[str, str] = {}
    if not os.path.isdir(f"/proc/{pid}/fd"):
        return found
    for name in os.listdir(f"/proc/{pid}/fd"):
        # The listing itself is in it, and gone.
        with suppress(FileNotFoundError):
            found[name] = os.readlink(f"/proc/{pid}/fd/{name}")
    return found


def _described(pid: int | str, name: str, path: str) -> OpenFile:
    place, flags, _ = _state(pid, name)
    return int(name), path, flags & ~_ONLY_ONCE, place


def reopen(files: Iterable[OpenFile]) -> None:
    """Opens files of this process anew, each with the same number and at the same place."""
    for fd, path, flags, place in files:
        if not _is_open(fd):
            # A library that knows of forks closed it: it opens its files anew by itself.
            continue
        fresh = os.open(path, flags)
        os.lseek(fresh, place, os.SEEK_SET)
        os.dup2(fresh, fd, inheritable=False)
        os.close(fresh)


def are_apart(pid: int, files: Iterable[OpenFile]) -> bool:
    """Whether each file of a process is open in the process's own mount namespace, and so opened by itself."""
    with open(f"/proc/{pid}/mountinfo") as file:
        mounts = {line.split(" ", 1)[0] for line in file}
    for fd, *_ in files:
        # One that was closed in the meantime is shared with nobody.
        with suppress(FileNotFoundError):
            if _state(pid, str(fd))[2] not in mounts:
                return False
    return True


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _state(pid: int | str, name: str) -> tuple[int, int, str]:
    with open(f"/proc/{pid}/fdinfo/{name}") as file:
        fields = dict(re.findall(r"^(\w+):\s*(\S+)$", file.read(), re.MULTILINE))
    return int(fields["pos"]), int(fields["flags"], 8), fields["mnt_id"]
