"""What a session may use."""

from __future__ import annotations

import resource
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one session; bytes, counts and seconds."""

    memory: int = 2 << 30
    processes: int = 64
    file: int = 64 << 20
    temporary: int = 64 << 20
    shared: int = 16 << 20
    open_files: int = 64
    cpu: int = 3600


def apply(limits: Limits, *, address_space: bool = True, processes: bool = True, open_files: bool = True) -> None:
    """
    Sets hard and soft limits alike, so that code cannot raise them. Without `open_files`, `bound_open_files` is to
    follow.
    """
    values = [
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_MEMLOCK, 0),
    ]
    if processes:
        values.append((resource.RLIMIT_NPROC, limits.processes))
    if address_space:
        values.append((resource.RLIMIT_AS, limits.memory))
    if hasattr(resource, "RLIMIT_MSGQUEUE"):
        values.append((resource.RLIMIT_MSGQUEUE, 0))
        values.append((resource.RLIMIT_SIGPENDING, 256))
        values.append((resource.RLIMIT_RTPRIO, 0))
    for kind, value in values:
        _set(kind, value)
    if open_files:
        bound_open_files(limits)


def bound_open_files(limits: Limits) -> None:
    """
    The limit that also bounds files on their way between processes. Those of all sessions of one user count together,
    so a worker that sends a file before its first cell does so before it has this limit.
    """
    _set(resource.RLIMIT_NOFILE, limits.open_files)


def allow_many_files() -> None:
    """Raises this process's own limit as far as it may: its sessions have four files each."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _set(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (capped, capped))
