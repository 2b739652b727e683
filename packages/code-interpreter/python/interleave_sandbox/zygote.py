"""The process that imported the libraries: sessions are forks of it. It runs no cell and talks to the keeper alone."""

from __future__ import annotations

import gc
import glob
import importlib
import io
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress

from .choose import make_jail
from .huge_pages import collapse_memory
from .jail import Jail
from .limits import Limits, bound_open_files
from .materials import seed_chance
from .open_files import files_of, keep_open, reopen
from .packets import receive_packet, send_packet
from .worker import Worker


def main(connection: str, orders: str) -> None:
    """Imports the modules, reports which are missing, then forks a worker for each byte of `orders`. Never returns."""
    link = socket.socket(fileno=int(connection))
    link.set_inheritable(False)
    waits = int(orders)
    os.set_inheritable(waits, False)
    config, _ = receive_packet(link)
    # Control groups are the keeper's business.
    tier = "T2" if config["tier"] == "T3" else config["tier"]
    jail = make_jail(tier, Limits(**config["limits"]), config["place"])
    modules: list[str] = config["modules"]
    _bring_fonts(os.environ.get("MPLCONFIGDIR"))
    missing = [name for name in modules if not _imported(name)]
    _warm()
    jail.enter_server()
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    os.close(null)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.collect()
    gc.freeze()
    collapse_memory()
    send_packet(link, {"missing": missing})
    os.dup2(0, 2)
    while os.read(waits, 1):
        try:
            # Nothing is kept of one for the next.
            if jail.spawn() == 0:
                _work(jail, link)
        except OSError:
            # Once this is closed, the keeper sees that nobody has the other end of the worker's link.
            for fd in receive_packet(link)[1]:
                os.close(fd)
    os._exit(0)


def _work(jail: Jail, orders: socket.socket) -> None:
    """A worker's life. Never returns."""
    try:
        order, files = receive_packet(orders)
        data, link = (socket.socket(fileno=fd) for fd in files)
    except BaseException:
        os._exit(1)
    try:
        jail.settle(order["session"])
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # Where memory runs out, the worker goes before those that look after it.
        with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        libraries = files_of("self")
        keep_open({data.fileno(), link.fileno(), *(fd for fd, *_ in libraries)})
        reopen(libraries)
        hello = {"pid": os.getpid(), "guard": os.getppid()}
        listener = jail.enter_worker(order["session"])
        worker = Worker(data, link, jail.branch)
        send_packet(link, {**hello, "address": worker.output_address}, [] if listener is None else [listener])
        if listener is not None:
            os.close(listener)
        bound_open_files(jail.bounds)
    except BaseException as error:
        with suppress(OSError):
            send_packet(link, {"problem": f"{type(error).__name__}: {error}"})
        os._exit(1)
    with suppress(BaseException):
        worker.serve()
    os._exit(1)


def _bring_fonts(folder: str | None) -> None:
    """Copies the list of fonts that the installation made, so that matplotlib need not look for them again."""
    for made in glob.glob(os.path.join(sys.prefix, "matplotlib", "*.json")):
        if folder is not None:
            shutil.copy(made, folder)


def _imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _warm() -> None:
    """Does once what the libraries put off until the first picture or number, so that no session has to."""
    seed_chance(0)
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is not None:
        plt.plot([1, 2])
        plt.title("a")
        plt.savefig(io.BytesIO(), format="png")
        plt.close("all")
