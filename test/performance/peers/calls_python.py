"""How many calls a second a Python tool makes, one after the other: what the scripts of the peers share."""

import json
import statistics
import time
from collections.abc import Awaitable, Callable

CODE = "print(1+1)"
ROUNDS = 3


def report(rates: list[float]) -> None:
    print(json.dumps({"calls_per_second": statistics.median(rates)}), flush=True)


def measure(call: Callable[[], str], seconds: float) -> None:
    """Calls for that long, three times, and prints the median as a line of JSON."""
    check(call())
    rates = []
    for _ in range(ROUNDS):
        calls, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            call()
            calls += 1
        rates.append(calls / (time.perf_counter() - started))
    report(rates)


async def measure_async(call: Callable[[], Awaitable[str]], seconds: float) -> None:
    """`measure` for a tool that is awaited."""
    check(await call())
    rates = []
    for _ in range(ROUNDS):
        calls, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            await call()
            calls += 1
        rates.append(calls / (time.perf_counter() - started))
    report(rates)


def check(answer: str) -> None:
    """A tool that does not work is not measured."""
    if answer.strip() != "2":
        raise SystemExit(f"{CODE} gave {answer!r}")
