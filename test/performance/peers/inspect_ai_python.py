"""inspect-ai's tool `python` in its sandbox `local`: a login shell and a process for each call. Argument: seconds a round."""

import os
import sys
import tempfile

os.environ["INSPECT_DISPLAY"] = "none"
os.environ["INSPECT_LOG_LEVEL"] = "error"

from calls_python import CODE, measure_async  # noqa: E402
from inspect_ai import Task, eval as evaluate  # noqa: E402
from inspect_ai.dataset import Sample  # noqa: E402
from inspect_ai.model import get_model  # noqa: E402
from inspect_ai.solver import solver  # noqa: E402
from inspect_ai.tool import python  # noqa: E402


@solver
def calls():
    async def solve(state, generate):
        tool = python()
        await measure_async(lambda: tool(CODE), float(sys.argv[1]))
        return state

    return solve


with tempfile.TemporaryDirectory() as folder:
    task = Task(dataset=[Sample(input="x")], solver=calls(), sandbox="local")
    log = evaluate(task, model=get_model("mockllm/model"), log_dir=folder, display="none")[0]
if log.status != "success":
    raise SystemExit(f"inspect-ai: {log.error.message if log.error else log.status}")
