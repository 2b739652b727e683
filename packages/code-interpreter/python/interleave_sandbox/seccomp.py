"""The filter over system calls: what no cell needs and an attack may is refused. Written as BPF bytes, no library."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import select
import struct

from .kernel import MACHINE, NAMESPACE_FLAGS, no_new_privileges, number, system_call

# Refused with EPERM: name, number on x86-64, number on arm64; -1 where the machine has no such call.
_DENIED = [
    ("socket", 41, 198),
    ("ptrace", 101, 117),
    ("process_vm_readv", 310, 270),
    ("process_vm_writev", 311, 271),
    ("process_madvise", 440, 440),
    ("kcmp", 312, 272),
    ("pidfd_getfd", 438, 438),
    ("bpf", 321, 280),
    ("perf_event_open", 298, 241),
    ("userfaultfd", 323, 282),
    ("io_uring_setup", 425, 425),
    ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427),
    ("add_key", 248, 217),
    ("request_key", 249, 218),
    ("keyctl", 250, 219),
    ("mount", 165, 40),
    ("umount2", 166, 39),
    ("pivot_root", 155, 41),
    ("chroot", 161, 51),
    ("open_tree", 428, 428),
    ("move_mount", 429, 429),
    ("fsopen", 430, 430),
    ("fsconfig", 431, 431),
    ("fsmount", 432, 432),
    ("fspick", 433, 433),
    ("mount_setattr", 442, 442),
    ("unshare", 272, 97),
    ("setns", 308, 268),
    ("memfd_create", 319, 279),
    ("memfd_secret", 447, 447),
    ("shmget", 29, 194),
    ("msgget", 68, 186),
    ("semget", 64, 190),
    ("mq_open", 240, 180),
    ("open_by_handle_at", 304, 265),
    ("name_to_handle_at", 303, 264),
    ("init_module", 175, 105),
    ("finit_module", 313, 273),
    ("delete_module", 176, 106),
    ("kexec_load", 246, 104),
    ("kexec_file_load", 320, 294),
    ("reboot", 169, 142),
    ("clock_settime", 227, 112),
    ("clock_adjtime", 305, 266),
    ("adjtimex", 159, 171),
    ("settimeofday", 164, 170),
    ("swapon", 167, 224),
    ("swapoff", 168, 225),
    ("quotactl", 179, 60),
    ("quotactl_fd", 443, 443),
    ("acct", 163, 89),
    ("syslog", 103, 116),
    ("vhangup", 153, 58),
    ("sethostname", 170, 161),
    ("setdomainname", 171, 162),
    ("personality", 135, 92),
    ("fanotify_init", 300, 262),
    ("lookup_dcookie", 212, 18),
    ("iopl", 172, -1),
    ("ioperm", 173, -1),
    ("modify_ldt", 154, -1),
    ("uselib", 134, -1),
    ("ustat", 136, -1),
    ("nfsservctl", 180, 42),
]
_PROGRAMS = [("execve", 59, 221), ("execveat", 322, 281)]
_ARCHITECTURE = number(0xC000003E, 0xC00000B7)
_CLONE = number(56, 220)
_CLONE3 = 435
_SOCKETPAIR = number(53, 199)
_IOCTL = number(16, 29)
_SECCOMP = number(317, 277)
# Later calls than this were not looked at: they do not exist as far as a cell can tell.
_LAST_KNOWN = 462
_X32 = 0x40000000

_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EPERM
_ABSENT = 0x00050000 | errno.ENOSYS
_KILL = 0x80000000
_ASK = 0x7FC00000
_NEW_LISTENER = 8
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

_LOAD, _EQUAL, _ABOVE, _AND, _RETURN = 0x20, 0x15, 0x25, 0x54, 0x06
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16

SUPPORTED = MACHINE in ("x86_64", "aarch64")


def _step(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, true, false, value & 0xFFFFFFFF)


def _on(call: int, body: list[bytes]) -> list[bytes]:
    return [_step(_EQUAL, call, 0, len(body)), *body]


@functools.cache
def _program(programs: bool, branch_flags: int | None) -> bytes:
    """The filter. `branch_flags`: namespaces that a clone may ask its keeper for."""
    wanted = NAMESPACE_FLAGS if branch_flags is None else branch_flags
    ask = _REFUSE if branch_flags is None else _ASK
    steps = [_step(_LOAD, _ARCH), _step(_EQUAL, _ARCHITECTURE, 1, 0), _step(_RETURN, _KILL), _step(_LOAD, _NUMBER)]
    steps += [_step(_ABOVE, _X32 - 1, 0, 1), _step(_RETURN, _KILL)]
    steps += [_step(_ABOVE, _LAST_KNOWN, 0, 1), _step(_RETURN, _ABSENT)]
    steps += _on(_CLONE3, [_step(_RETURN, _ABSENT)])
    for _, x86, arm in _DENIED if programs else _DENIED + _PROGRAMS:
        if number(x86, arm) >= 0:
            steps += _on(number(x86, arm), [_step(_RETURN, _REFUSE)])
    namespaces = [_step(_LOAD, _ARGUMENT), _step(_AND, NAMESPACE_FLAGS), _step(_EQUAL, 0, 0, 1)]
    namespaces += [_step(_RETURN, _ALLOW), _step(_EQUAL, wanted, 0, 1), _step(_RETURN, ask), _step(_RETURN, _REFUSE)]
    steps += _on(_CLONE, namespaces)
    # Pairs of Unix sockets are what multiprocessing talks over.
    pairs = [_step(_LOAD, _ARGUMENT), _step(_EQUAL, 1, 1, 0), _step(_RETURN, _REFUSE), _step(_RETURN, _ALLOW)]
    steps += _on(_SOCKETPAIR, pairs)
    terminal = [_step(_LOAD, _ARGUMENT + 8), _step(_EQUAL, _TIOCSTI, 1, 0), _step(_EQUAL, _TIOCLINUX, 0, 1)]
    steps += _on(_IOCTL, [*terminal, _step(_RETURN, _REFUSE), _step(_RETURN, _ALLOW)])
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def install(*, programs: bool = False, branch_flags: int | None = None) -> int | None:
    """
    Installs the filter for good. `programs` allows starting programs. With `branch_flags` a clone into exactly these
    namespaces waits for whoever reads the returned file descriptor.
    """
    no_new_privileges()
    code = _program(programs, branch_flags)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer)))
    flags = 0 if branch_flags is None else _NEW_LISTENER
    listener = system_call(_SECCOMP, ctypes.c_ulong(1), ctypes.c_ulong(flags), header)
    return None if branch_flags is None else listener


class Listener:
    """Decides about the clones that the filter asks about."""

    _RECEIVE, _SEND = 0xC0502100, 0xC0182101

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def is_asked(self) -> bool:
        """Whether a question waits. It looks like one, too, when nobody is left to ask."""
        waiting = select.poll()
        waiting.register(self.fd, select.POLLIN)
        return any(event & select.POLLIN for _, event in waiting.poll(0))

    def answer(self, allowed: set[int]) -> None:
        """Takes one question; says yes where the process that asks is in `allowed`, and takes it out of there."""
        question = bytearray(80)
        try:
            fcntl.ioctl(self.fd, self._RECEIVE, question)
            identifier, pid = struct.unpack_from("<QI", question)
            granted = pid in allowed
            allowed.discard(pid)
            reply = (identifier, 0, 0, 1) if granted else (identifier, 0, -errno.EPERM, 0)
            fcntl.ioctl(self.fd, self._SEND, bytearray(struct.pack("<Qqii", *reply)))
        except OSError as error:
            # The process that asked is gone.
            if error.errno not in (errno.ENOENT, errno.EINTR):
                raise
