"""Tier T1 where there are no namespaces: what a process may reach in the file system, and whom it may signal."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from .kernel import no_new_privileges, system_call

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_READ = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read a file, list a folder
# Rights over files known to each version of the interface.
_KNOWN = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_DEVICE_CONTROL = 1 << 15
_SCOPES = 3  # abstract Unix sockets and signals stay inside
_BENEATH = 1


def version() -> int:
    """The version of the interface; 0 where the kernel has none."""
    try:
        return system_call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError:
        return 0


def confines_signals() -> bool:
    """Whether code that is confined cannot signal processes outside."""
    return version() >= 6


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Confines this process for good to reading and writing below the folders named."""
    known = version()
    files = _KNOWN.get(known, (1 << 15) - 1) | (_DEVICE_CONTROL if known >= 5 else 0)
    attributes = struct.pack("<QQQ", files, 3 if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = system_call(
        _CREATE, ctypes.create_string_buffer(attributes, 24), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    for paths, rights in ((readable, _READ), (writable, files)):
        for path in paths:
            if os.path.exists(path):
                _allow(ruleset, path, rights)
    no_new_privileges()
    system_call(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        # Listing and making belong to folders.
        held = rights if os.path.isdir(path) else rights & ((1 << 0) | (1 << 1) | (1 << 2) | (1 << 14))
        rule = ctypes.create_string_buffer(struct.pack("<Qi", held, fd), 12)
        system_call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_uint32(_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(fd)
