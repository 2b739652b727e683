"""What a cell writes: kept in memory at a fixed place, where the keeper can read it even while the cell hangs."""

from __future__ import annotations

import ctypes
import io
import mmap
import struct

_HEADER = 4
CAPACITY = 256 * 1024
SIZE = _HEADER + CAPACITY


class Output(io.TextIOBase):
    """Standard output and standard error in one. Keeps the first 256 KiB and counts the rest."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _HEADER + CAPACITY, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self.clear()

    encoding = "utf-8"

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Appends the text, as far as there is room."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        room = CAPACITY - self._size
        if room > 0:
            data = text[:room].encode("utf-8", "backslashreplace")[:room]
            start = _HEADER + self._size
            self._memory[start : start + len(data)] = data
            self._size += len(data)
            self._memory[:_HEADER] = struct.pack("<I", self._size)
        self._characters += len(text)
        return len(text)

    def clear(self) -> None:
        """Forgets what was written."""
        self._size = 0
        self._characters = 0
        self._memory[:_HEADER] = bytes(_HEADER)

    def text(self) -> str:
        """What was kept, and a line that says so where that is not all."""
        kept = decode(self._memory[: _HEADER + self._size])
        if self._size < CAPACITY:
            return kept
        return f"{kept}\n[The first {len(kept)} of {self._characters} characters were kept.]"


def decode(memory: bytes) -> str:
    """The text in a copy of the memory of an `Output`."""
    (size,) = struct.unpack_from("<I", memory)
    return memory[_HEADER : _HEADER + min(size, CAPACITY)].decode("utf-8", "replace")
