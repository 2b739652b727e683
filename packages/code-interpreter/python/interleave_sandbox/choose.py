"""Finds the strongest tier that works here, by closing a whole jail once for each that is asked about."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from . import cgroup, seccomp
from .guarded_jails import GuardedJail, LandlockJail
from .jail import Jail, Unavailable
from .limits import Limits
from .namespace_jail import NamespaceJail
from .namespaces import HOST_USER


@dataclass
class Choice:
    """A jail of the strongest tier that works, and why stronger ones do not."""

    tier: str = ""
    jail: Jail | None = None
    refused: dict[str, str] = field(default_factory=dict)


def choose_jail(tiers: Sequence[str], bounds: Limits, place: str, folders: Sequence[str] = ()) -> Choice:
    """Tries the tiers in the order given."""
    choice = Choice()
    for tier in tiers:
        try:
            jail = make_jail(tier, bounds, place, folders)
            problem = _rehearse(jail)
        except (Unavailable, cgroup.CgroupError, OSError) as error:
            problem = str(error)
            jail = None
        if problem is None and jail is not None:
            choice.tier, choice.jail = tier, jail
            return choice
        if isinstance(jail, NamespaceJail) and jail.cgroups is not None:
            for folder in jail.cgroups.folders:
                cgroup.remove(folder)
        choice.refused[tier] = problem or "it failed"
    return choice


def make_jail(tier: str, bounds: Limits, place: str, folders: Sequence[str] = ()) -> Jail:
    """The jail of a tier. Raises Unavailable where the machine has not what it takes."""
    if tier == "T0":
        return GuardedJail(bounds, place)
    if not seccomp.SUPPORTED or not hasattr(os, "pidfd_open"):
        raise Unavailable("it needs Linux on x86-64 or arm64")
    if tier == "T1":
        return LandlockJail(bounds, place, folders)
    return NamespaceJail(bounds, place, cgroup.Cgroups(HOST_USER) if tier == "T3" else None, folders)


def _rehearse(jail: Jail) -> str | None:
    """Does all that a server and a worker do, in processes of their own. Returns what went wrong."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _attempt(writer, lambda: _as_server(jail, writer))
    os.close(writer)
    with os.fdopen(reader, errors="replace") as file:
        said = file.read()
    os.waitpid(pid, 0)
    with suppress(OSError):
        jail.leave_session(0)
    return None if said == "fine" else said or "a process of the rehearsal died"


def _as_server(jail: Jail, writer: int) -> None:
    jail.enter_server()
    pid = jail.spawn()
    if pid == 0:
        _attempt(writer, lambda: _as_worker(jail, writer))
    jail.contain(0, pid)
    os.waitpid(pid, 0)


def _as_worker(jail: Jail, writer: int) -> None:
    jail.settle(0)
    jail.enter_worker(0)
    with tempfile.TemporaryFile():
        pass
    # A module that was not imported yet: the interpreter's folders can be read from in here.
    import colorsys

    if type(jail) is not GuardedJail:
        try:
            socket.socket(socket.AF_INET)
        except OSError:
            os.write(writer, b"fine")
        else:
            raise Unavailable(f"sockets could be opened ({colorsys.__name__})")
    else:
        os.write(writer, b"fine")


def _attempt(writer: int, work: object) -> None:
    """Runs a part of the rehearsal, and ends this process."""
    try:
        work()  # type: ignore[operator]
    except BaseException as error:
        os.write(writer, str(error).encode())
    os._exit(0)
