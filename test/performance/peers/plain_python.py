"""A process `python -I -c` for each call, of the interpreter that runs this. Argument: seconds a round."""

import subprocess
import sys

from calls_python import CODE, measure

COMMAND = [sys.executable, "-I", "-c", CODE]
measure(lambda: subprocess.run(COMMAND, capture_output=True, text=True, check=True).stdout, float(sys.argv[1]))
