"""A process that makes branches for the keeper: whatever a worker does meanwhile, nobody else waits for it."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
from typing import Any

from . import kernel
from .branch_job import BranchJob
from .frames import Closed
from .namespace_jail import NamespaceJail
from .open_files import Unforkable, keep_open
from .packets import pair, receive_packet, send_packet
from .seccomp import Listener
from .space_maker import SpaceMaker


class BranchHelper:
    """Makes one branch after the other."""

    def __init__(self, jail: NamespaceJail) -> None:
        self.link, other = pair()
        if os.fork() != 0:
            other.close()
            return
        try:
            kernel.die_with_parent()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # What the keeper closes is closed: nothing is held here.
            keep_open({other.fileno(), *(jail.cgroups.places if jail.cgroups is not None else ())})
            _serve(jail, other)
        finally:
            os._exit(0)

    def begin(self, job: BranchJob) -> bool:
        """Has it begin. False: it is gone."""
        about = {"source": job.source, "known": list(job.known), "session": job.session}
        files = [job.link.fileno(), job.listener.fd, job.own.fileno(), job.other.fileno(), *job.connection]
        try:
            send_packet(self.link, about, files)
        except OSError:
            return False
        return True

    def outcome(self) -> dict[str, Any]:
        """How it went: `{pid}`, or `{reason, broken}`."""
        try:
            return receive_packet(self.link)[0]
        except (Closed, OSError):
            return {"reason": "it was given up", "broken": True}

    def close(self) -> None:
        """Lets it end."""
        self.link.close()


def _serve(jail: NamespaceJail, link: socket.socket) -> None:
    space = SpaceMaker(jail)
    with suppress(Closed):
        while True:
            about, files = receive_packet(link)
            outcome = _outcome(jail, space, about, files)
            send_packet(link, outcome)
            if outcome.get("broken"):
                # What the space maker still does, it would do for the next one.
                return


def _outcome(jail: NamespaceJail, space: SpaceMaker, about: dict[str, Any], files: list[int]) -> dict[str, Any]:
    listener, *connection = files[1], *files[4:]
    link, own, other = (socket.socket(fileno=files[index]) for index in (0, 2, 3))
    known = set(about["known"])
    job = BranchJob(about["source"], known, about["session"], link, Listener(listener), own, other, connection)
    try:
        return {"pid": job.run(jail, space)}
    except Unforkable as error:
        return {"reason": str(error), "broken": False}
    except Exception as error:
        # It may have been on its way into a space of its own.
        return {"reason": f"its worker did not answer as it should ({error})", "broken": True}
    finally:
        for end in (link, own, other):
            end.close()
        for fd in (listener, *connection):
            os.close(fd)
