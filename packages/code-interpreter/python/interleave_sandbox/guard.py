"""Where there are no namespaces: a process above each session adopts what it leaves, so that all can be ended."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress

from . import kernel
from .open_files import keep_open

_ROUNDS = 500


def become_guarded() -> None:
    """Makes this process a guard, which forks one below itself. Returns in that one."""
    if sys.platform == "linux":
        kernel.die_with_parent()
        kernel.adopt_orphans()
    if os.fork() == 0:
        if sys.platform == "linux":
            kernel.die_with_parent()
        return
    keep_open(set())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(0)


def kill_guarded(guard: int) -> None:
    """Ends all that is below a guard, which then ends by itself."""
    for _ in range(_ROUNDS):
        below = _descendants(guard)
        for pid in below:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not below:
            return
        time.sleep(0.001)


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    waiting = [pid]
    while waiting:
        with suppress(OSError):
            folder = f"/proc/{waiting.pop()}/task"
            for task in os.listdir(folder):
                with open(f"{folder}/{task}/children") as file:
                    children = [int(word) for word in file.read().split()]
                found += children
                waiting += children
    return found
