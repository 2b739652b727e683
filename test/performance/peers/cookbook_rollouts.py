"""Three-turn rollouts of tinker-cookbook with a completer that answers at once; one JSON line per number in flight.

Same shape as the engine's own scenario: a prompt of 64 tokens, replies of 48, observations of 16, nothing tokenised.
"""

import asyncio
import json
import logging
import statistics
import sys
import time

import tinker
from tinker_cookbook.completers import TokenCompleter, TokensWithLogprobs
from tinker_cookbook.rl.rollouts import do_single_rollout
from tinker_cookbook.rl.types import Env, StepResult

logging.disable(logging.CRITICAL)

PROMPT = list(range(64))
REPLY = list(range(100, 148))
LOGPROBS = [-0.5] * len(REPLY)
OBSERVATION = list(range(200, 216))
TURNS = 3


class InstantCompleter(TokenCompleter):
    async def __call__(self, model_input, stop, *, max_tokens=None):
        await asyncio.sleep(0)
        return TokensWithLogprobs(tokens=REPLY, maybe_logprobs=LOGPROBS, stop_reason="stop")


class ThreeTurns(Env):
    def __init__(self) -> None:
        self.turn = 0
        self.tokens = list(PROMPT)

    async def initial_observation(self):
        return tinker.ModelInput.from_ints(self.tokens), [1]

    async def step(self, action, *, extra=None):
        self.turn += 1
        self.tokens = self.tokens + list(action) + OBSERVATION
        done = self.turn >= TURNS
        return StepResult(
            reward=float(done),
            episode_done=done,
            next_observation=tinker.ModelInput.from_ints(self.tokens),
            next_stop_condition=[1],
        )


async def rate(in_flight: int, count: int) -> float:
    gate = asyncio.Semaphore(in_flight)
    completer = InstantCompleter()

    async def one() -> None:
        async with gate:
            await do_single_rollout(completer, ThreeTurns())

    started = time.perf_counter()
    await asyncio.gather(*[one() for _ in range(count)])
    return count / (time.perf_counter() - started)


for in_flight in (int(word) for word in sys.argv[1:]):
    count = max(400, in_flight * 4)
    rates = [asyncio.run(rate(in_flight, count)) for _ in range(5)]
    print(json.dumps({"in_flight": in_flight, "rollouts_per_second": statistics.median(rates)}), flush=True)
