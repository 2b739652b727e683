"""
Programs of the sandbox; they use the standard library only.

    run.py server CONFIGURATION              the fork server of the Python tool
    run.py zygote CONNECTION ORDERS          the part of it that imports the libraries
    run.py launch CONFIGURATION COMMAND...   another program, in the jail
    run.py probe CONFIGURATION               prints the strongest tier of isolation that works
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from interleave_sandbox import kernel, launch, server, zygote  # noqa: E402


def _serve(configuration: str, *again: str) -> None:
    # Started anew without random addresses, so that a set of objects has the same order in every run.
    if sys.platform == "linux" and not again and kernel.disable_address_randomisation():
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:], "again"])
    server.main(configuration)


if __name__ == "__main__":
    program, configuration, *rest = sys.argv[1:]
    if program == "server":
        _serve(configuration, *rest)
    elif program == "zygote":
        zygote.main(configuration, *rest)
    elif program == "launch":
        launch.launch(configuration, rest)
    else:
        launch.probe(configuration)
