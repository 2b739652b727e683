"""
A figure drawn and written as PNG by the bare library, in a process that has drawn before.

The first line of output holds versions and the picture; then, for each number read, so many times in milliseconds.
"""

import base64
import io
import json
import platform
import sys
import time

import matplotlib
import matplotlib.pyplot as plt
import numpy


def draw() -> bytes:
    plt.plot([1,2,3]); plt.title('a')  # fmt: skip
    file = io.BytesIO()
    plt.gcf().savefig(file, format="png", metadata={"Software": None})
    plt.close("all")
    return file.getvalue()


def timed() -> float:
    started = time.perf_counter()
    draw()
    return (time.perf_counter() - started) * 1000


for _ in range(5):
    picture = draw()
versions = {"Python": platform.python_version(), "numpy": numpy.__version__, "matplotlib": matplotlib.__version__}
print(json.dumps({"versions": versions, "picture": base64.b64encode(picture).decode()}), flush=True)
for line in sys.stdin:
    print(json.dumps([timed() for _ in range(int(line))]), flush=True)
