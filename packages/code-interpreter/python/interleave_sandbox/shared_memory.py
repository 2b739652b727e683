"""Whether a process has memory that a fork would share instead of copying."""

from __future__ import annotations

import errno
import fcntl
import re
import struct

# include/uapi/linux/fs.h: the next mapping that is shared and can be written to, of a `struct procmap_query`.
_QUERY = 0xC0686611
_WRITABLE, _SHARED, _OR_NEXT = 0x02, 0x08, 0x10
_SIZE = 104
_LINE = re.compile(rb"^\S+ .w.s ", re.MULTILINE)


def shares_memory(pid: int) -> bool:
    """The answer for another process. Reads all its mappings, which takes longer, on Linux before 6.11."""
    with open(f"/proc/{pid}/maps", "rb", buffering=0) as maps:
        question = bytearray(_SIZE)
        struct.pack_into("QQ", question, 0, _SIZE, _WRITABLE | _SHARED | _OR_NEXT)
        try:
            fcntl.ioctl(maps, _QUERY, question)
        except OSError as error:
            if error.errno != errno.ENOENT:
                return _LINE.search(maps.readall()) is not None
            return False
    return True
