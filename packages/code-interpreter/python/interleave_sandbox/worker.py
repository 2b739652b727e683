"""The process that runs a session's cells. Nothing it says is believed; it holds no secret but its variables."""

from __future__ import annotations

import os
import random
import select
import signal
import socket
import tempfile

from .cell import Runner
from .figures import Figures, take_over
from .frames import read_only_frame, write_frame
from .kernel import Clone, drop_capabilities
from .materials import Images, seed_chance
from .open_files import reopen
from .output import Output
from .packets import receive_packet, send_packet


class Worker:
    """One session's process, and after a fork the process of a branch."""

    def __init__(self, data: socket.socket, link: socket.socket, clone: Clone | None) -> None:
        self._data = data
        self._link = link
        self._clone = clone
        self._output = Output()
        self._figures = Figures()
        self._runner = Runner(self._output, self._figures)
        self._images = Images(self._runner.variables)
        # Once it was forked it is kept as it is, for its branches; what is its own goes on in a copy.
        self._parked = False
        take_over(self._figures)

    @property
    def output_address(self) -> int:
        """Where the keeper finds what the running cell has written."""
        return self._output.address

    def serve(self) -> None:
        """Answers until the other side hangs up."""
        waiting = select.poll()
        waiting.register(self._data, select.POLLIN)
        waiting.register(self._link, select.POLLIN)
        while True:
            ready = [fd for fd, _ in waiting.poll()]
            if self._link.fileno() in ready:
                header, files = receive_packet(self._link)
                if header["op"] == "branch" and self._become_branch(files):
                    return self.serve()
            elif self._parked:
                # A cell for a session that has branches: it goes on in a copy, and this stays as the branches have it.
                waiting.unregister(self._data)
                # Where the host has hung up there is nothing to go on with; the branches still need this process.
                if self._is_asked() and self._become_copy():
                    return self.serve()
            else:
                self._answer()

    def _is_asked(self) -> bool:
        try:
            return bool(self._data.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def _answer(self) -> None:
        header, blobs = read_only_frame(self._data)
        nonce = header["nonce"]
        if "seed" in header:
            seed_chance(header["seed"])
        self._images.add(header.get("images", []), blobs)
        reply = self._runner.run(header["code"])
        write_frame(self._data, {"nonce": nonce, **reply}, self._figures.pictures)
        self._figures.clear()

    def _become_branch(self, files: list[int]) -> bool:
        """Whether this is the branch, with a connection and a link of its own; the original only remembers."""
        data, link = (socket.socket(fileno=fd) for fd in files)
        if self._fork(link):
            self._data.close()
            self._link.close()
            self._data, self._link = data, link
            self._arrive()
            return True
        self._parked = True
        data.close()
        link.close()
        return False

    def _become_copy(self) -> bool:
        """Whether this is the copy, which keeps the connection and has a link of its own."""
        send_packet(self._link, {"op": "continue"})
        _, files = receive_packet(self._link)
        link = socket.socket(fileno=files[0])
        if self._fork(link):
            self._link.close()
            self._link = link
            self._parked = False
            self._arrive()
            return True
        link.close()
        self._data.close()
        return False

    def _fork(self, link: socket.socket) -> bool:
        chance = random.getstate()
        folder = os.getcwd()
        assert self._clone is not None
        # Said before all else: the keeper makes the space while the copy comes to itself.
        if self._clone(lambda: send_packet(link, {"op": "hello"})) != 0:
            # Parked from now on: nobody asks how a branch ended.
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            return False
        # Python seeds it anew in every forked process.
        random.setstate(chance)
        self._folder = folder
        return True

    def _arrive(self) -> None:
        """Waits until the keeper has made scratch space, then goes there."""
        self._parked = False
        os.setsid()
        drop_capabilities()
        order, _ = receive_packet(self._link)
        reopen(order["files"])
        os.chdir(self._folder)
        send_packet(self._link, {"op": "settled"})
        # Nothing is run before the keeper has looked: what a cell opens and starts would look like something kept.
        receive_packet(self._link)


def prepare(folder: str) -> None:
    """What every worker does before the jail closes: no environment, and scratch space for a home."""
    os.environ.clear()
    tempfile.tempdir = folder
    os.chdir(folder)
