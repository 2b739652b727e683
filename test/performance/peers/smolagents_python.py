"""smolagents' interpreter of Python in Python, in this process, one executor for all calls. Argument: seconds a round."""

import sys

from calls_python import CODE, measure
from smolagents.local_python_executor import LocalPythonExecutor

EXECUTOR = LocalPythonExecutor(additional_authorized_imports=[])
EXECUTOR.send_tools({})
measure(lambda: EXECUTOR(CODE).logs, float(sys.argv[1]))
