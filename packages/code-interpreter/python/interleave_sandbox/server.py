"""The fork server: a zygote that imported the libraries, and a keeper that serves the host."""

from __future__ import annotations

import json
import os
import signal
import socket
from dataclasses import dataclass

from .choose import choose_jail
from .keeper import Keeper
from .kernel import make_dumpable
from .limits import Limits, allow_many_files
from .namespace_jail import NamespaceJail
from .namespaces import HOST_USER
from .zygote_process import ZygoteProcess


@dataclass
class Config:
    """What the host asks for."""

    socket: str
    place: str
    tiers: list[str]
    modules: list[str]
    limits: Limits


def read_config(text: str) -> Config:
    """The configuration as the host writes it."""
    written = json.loads(text)
    return Config(**{**written, "limits": Limits(**written["limits"])})


def main(text: str) -> None:
    """Runs until standard input closes. Reports on standard output in one line."""
    config = read_config(text)
    allow_many_files()
    choice = choose_jail(config.tiers, config.limits, config.place)
    jail = choice.jail
    if jail is None:
        print(json.dumps({"refused": choice.refused}), flush=True)
        return
    zygote = ZygoteProcess(choice.tier, config.place, config.modules, config.limits)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(config.socket)
    listener.listen(1024)
    folders: list[str] = []
    if isinstance(jail, NamespaceJail):
        folders = jail.cgroups.folders if jail.cgroups is not None else []
        _give_up_root()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Ctrl-C is the host's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(
        json.dumps({"tier": choice.tier, "refused": choice.refused, "cgroups": folders, "missing": zygote.missing}),
        flush=True,
    )
    Keeper(jail, listener, 0, zygote).serve()


def _give_up_root() -> None:
    """Goes on as the user that sessions are forked by, which is all it takes to look after them."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(HOST_USER, HOST_USER, HOST_USER)
        os.setresuid(HOST_USER, HOST_USER, HOST_USER)
        make_dumpable()
