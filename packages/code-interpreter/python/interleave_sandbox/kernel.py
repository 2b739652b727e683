"""System calls that Python has no function for. Numbers: Linux, arch/x86/entry/syscalls, include/uapi/asm-generic."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from collections.abc import Callable
from typing import Protocol

# Keeps the interpreter's lock during a call: these calls are short, and `clone` must come back holding it.
_libc = ctypes.PyDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
NAMESPACE_FLAGS = 0x7E020000
_CLONE_CHILD_CLEARTID = 0x00200000
_CLONE_CHILD_SETTID = 0x01000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

_MADV_COLLAPSE = 25

_PR_SET_DUMPABLE = 4
_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_TID_ADDRESS = 40
_PR_CAP_AMBIENT = 47

MACHINE = platform.machine()
_X86 = MACHINE == "x86_64"


def number(x86: int, arm: int) -> int:
    """The number of a system call on this machine."""
    return x86 if _X86 else arm


def _checked(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def unshare(flags: int) -> None:
    """Moves this process into new namespaces."""
    _checked(_libc.unshare(flags), "unshare")


def setns(fd: int, flags: int) -> None:
    """Moves this process into the namespace that `fd` refers to."""
    _checked(_libc.setns(fd, flags), "setns")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, data: str = "") -> None:
    """mount(2)."""
    arguments = (source.encode(), target.encode(), None if kind is None else kind.encode())
    _checked(_libc.mount(*arguments, ctypes.c_ulong(flags), data.encode() or None), f"mount {target}")


def pivot_root(new: str, old: str) -> None:
    """Makes `new` the root, and puts the former one at `old`."""
    _checked(_libc.syscall(number(155, 41), new.encode(), old.encode()), "pivot_root")


def unmount(target: str) -> None:
    """Detaches what is mounted at `target`."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def prctl(option: int, argument: int = 0, *more: int) -> int:
    """prctl(2)."""
    rest = [ctypes.c_ulong(value) for value in (*more, 0, 0, 0)[:3]]
    return _checked(_libc.prctl(option, ctypes.c_ulong(argument), *rest), f"prctl {option}")


def make_dumpable() -> None:
    """Lets a process that changed its user id write its own id maps, and its keeper look into it."""
    prctl(_PR_SET_DUMPABLE, 1)


def die_with_parent() -> None:
    """Ends this process when the thread that forked it ends."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def no_new_privileges() -> None:
    """No program that this process starts can gain rights."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Gives up every capability, for good."""
    zero = ctypes.c_ulong(0)
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), zero, zero, zero) < 0:
            break
    # Kernels without ambient capabilities have none to clear.
    _libc.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(4), zero, zero, zero)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def disable_address_randomisation() -> bool:
    """Whether programs that this process starts from now on get the same addresses every time."""
    return bool(_libc.personality(ctypes.c_ulong(0x0040000)) >= 0)


class Clone(Protocol):
    """Returns the new process, and 0 in it."""

    def __call__(self, first: Callable[[], None] | None = None) -> int: ...


def prepare_clone(flags: int) -> Clone:
    """
    What forks this process into new namespaces; like os.fork it runs the hooks of `os.register_at_fork`, after `first`
    in the new process. It leaves the memory that Python has free as it found it, so that each process forked in this
    way starts with the same addresses.
    """
    # The C library keeps its thread's id in memory; the kernel renews it in the child where it is told the place.
    place = ctypes.c_ulong(0)
    asked = [ctypes.c_ulong(ctypes.addressof(place)), *[ctypes.c_ulong(0)] * 3]
    if _libc.prctl(_PR_GET_TID_ADDRESS, *asked) == 0 and place.value:
        flags |= _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID
    zero = ctypes.c_ulong(0)
    last = (place, zero) if _X86 else (zero, place)
    arguments = (ctypes.c_long(number(56, 220)), ctypes.c_ulong(flags | signal.SIGCHLD), zero, zero, *last)
    get_pid = (ctypes.c_long(number(39, 172)), *arguments[1:])
    system_call = _libc.syscall
    before, child, parent = _hook("PyOS_BeforeFork"), _hook("PyOS_AfterFork_Child"), _hook("PyOS_AfterFork_Parent")

    def clone(first: Callable[[], None] | None = None) -> int:
        before()
        pid = system_call(*arguments)
        if pid == 0:
            if first is not None:
                first()
            child()
            return 0
        parent()
        # A call changes the order of two free blocks, which a second one changes back.
        system_call(*get_pid)
        return pid if pid > 0 else _checked(pid, "clone")

    return clone


def _hook(name: str) -> Callable[[], None]:
    hook = ctypes.pythonapi[name]
    hook.restype = None
    hook.argtypes = ()
    return hook


class _Range(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def read_memory(pid: int, address: int, length: int) -> bytes:
    """Bytes of another process's memory."""
    buffer = ctypes.create_string_buffer(length)
    here = _Range(ctypes.addressof(buffer), length)
    there = _Range(address, length)
    asked = (ctypes.c_int(pid), ctypes.byref(here), ctypes.c_ulong(1), ctypes.byref(there))
    read = _libc.process_vm_readv(*asked, ctypes.c_ulong(1), ctypes.c_ulong(0))
    return buffer.raw[: _checked(read, "process_vm_readv")]


def collapse(address: int, length: int) -> None:
    """Puts memory of this process into huge pages."""
    _checked(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), _MADV_COLLAPSE), "madvise")


def system_call(call: int, *arguments: object) -> int:
    """Any system call; raises OSError."""
    return _checked(_libc.syscall(call, *arguments), f"system call {call}")


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent ended."""
    prctl(36, 1)
