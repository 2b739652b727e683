"""Puts another program into the jail: closes it around a process, then becomes the program in there."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import dataclass

from . import cgroup, kernel
from .choose import choose_jail
from .jail import Jail
from .limits import Limits
from .namespace_jail import NamespaceJail
from .open_files import keep_open

# The program talks to its host over this one.
_CONNECTION = 3
# Node ends at once where it may not read the system's settings of OpenSSL.
_ENVIRONMENT = {"OPENSSL_CONF": "/dev/null"}


@dataclass
class Config:
    """What the host asks for."""

    place: str
    tiers: list[str]
    readable: list[str]
    session: int = 0


def _limits() -> Limits:
    # The engine reserves far more addresses than it uses, and has threads of its own.
    return Limits(processes=128, open_files=256)


def probe(text: str) -> None:
    """Prints the strongest tier that works, and why others do not."""
    config = Config(**json.loads(text))
    choice = choose_jail(config.tiers, _limits(), config.place, config.readable)
    print(json.dumps({"tier": choice.tier, "refused": choice.refused}))


def launch(text: str, command: list[str]) -> None:
    """Runs a command in a jail of the first tier that works. Ends as it ends; SIGTERM ends both."""
    config = Config(**json.loads(text))
    choice = choose_jail(config.tiers, _limits(), config.place, config.readable)
    jail = choice.jail
    if jail is None:
        sys.exit(f"no tier of isolation works: {choice.refused}")
    # This process stays outside, with the rights that it takes to tidy up.
    pid = os.fork()
    if pid == 0:
        kernel.die_with_parent()
        _keep(jail, config.session, command)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGKILL))
    keep_open(set())
    status = os.waitpid(pid, 0)[1]
    _tidy(jail, config.session)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _keep(jail: Jail, session: int, command: list[str]) -> None:
    try:
        jail.enter_server()
        # What it forks is in its own control group from the start.
        jail.contain(session, os.getpid())
        pid = jail.spawn()
        if pid == 0:
            _become(jail, session, command)
        keep_open(set())
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    except OSError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(126)


def _become(jail: Jail, session: int, command: list[str]) -> None:
    try:
        keep_open({_CONNECTION})
        jail.settle(session)
        jail.enter_program(session)
        os.execve(command[0], command, _ENVIRONMENT)
    except OSError as error:
        os.write(2, f"{error}\n".encode())
    os._exit(126)


def _tidy(jail: Jail, session: int) -> None:
    folders = jail.cgroups.folders if isinstance(jail, NamespaceJail) and jail.cgroups is not None else []
    for _ in range(100):
        for folder in folders:
            cgroup.remove(folder)
        if not any(os.path.isdir(folder) for folder in folders):
            break
        # Its processes were killed, and are on their way out.
        time.sleep(0.01)
    if not folders:
        jail.leave_session(session)
