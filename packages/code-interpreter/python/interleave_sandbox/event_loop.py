"""Waits for many files at once, in one thread."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress


class EventLoop:
    """Calls what belongs to a file whenever there is something to read."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._running = True

    def on(self, source: socket.socket | int, handle: Callable[[], None]) -> None:
        """From now on calls `handle`."""
        self._selector.register(source, selectors.EVENT_READ, handle)

    def off(self, source: socket.socket | int) -> None:
        """No longer."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(source)

    def stop(self) -> None:
        """Lets `run` return."""
        self._running = False

    def run(self, between: Callable[[], float | None]) -> None:
        """Runs until `stop`. `between` is called after each round: how many seconds the next may wait at most."""
        while self._running:
            for key, _ in self._selector.select(between()):
                # What was handled before may have closed it.
                if self._selector.get_map().get(key.fd) == key:
                    key.data()
