"""A process that gives one branch its space. It moves into the namespaces of the branch, for good."""

from __future__ import annotations

import os
import signal
import time

from . import kernel
from .branching import make_space
from .frames import Closed
from .namespace_jail import NamespaceJail
from .packets import pair, receive_packet, send_packet


class SpaceMaker:
    """Made before it is needed: to fork it takes as long as what it does."""

    def __init__(self, jail: NamespaceJail) -> None:
        self._link, other = pair()
        self._pid = os.fork()
        if self._pid != 0:
            other.close()
            return
        self._link.close()
        status = 1
        try:
            kernel.die_with_parent()
            order, _ = receive_packet(other)
            make_space(order["source"], order["branch"], jail.root, jail.bounds)
            send_packet(other, {})
            status = 0
        finally:
            os._exit(status)

    def begin(self, source: int, branch: int) -> None:
        """Has it begin."""
        send_packet(self._link, {"source": source, "branch": branch})

    def finish(self, deadline: float) -> None:
        """Waits until the space is there. Raises Closed where none could be made in time."""
        self._link.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            receive_packet(self._link)
        except (Closed, OSError) as error:
            raise Closed("no space could be made") from error

    def close(self) -> None:
        """Ends it."""
        self._link.close()
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
