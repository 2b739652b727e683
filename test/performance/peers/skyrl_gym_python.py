"""skyrl-gym's Python tool, which starts a process for each call. Argument: seconds a round."""

import sys

from calls_python import CODE, measure
from skyrl_gym.tools import PythonCodeExecutorToolGroup

TOOL = PythonCodeExecutorToolGroup()
measure(lambda: TOOL.python(CODE), float(sys.argv[1]))
