"""Three-turn rollouts of verl's ToolAgentLoop with a server that answers at once; one JSON line per number in flight.

The loop tokenises, as verl does; the tokenizer is a byte-level one made here, so nothing is downloaded.
"""

import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
import warnings

from omegaconf import OmegaConf
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from verl.experimental.agent_loop import tool_agent_loop
from verl.experimental.agent_loop.agent_loop import DictConfigWrap
from verl.tools.base_tool import BaseTool
from verl.tools.schemas import OpenAIFunctionToolSchema, ToolResponse
from verl.utils.dataset.rl_dataset import RLHFDataset
from verl.workers.rollout.replica import TokenOutput

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content if message.content is string else '' }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_tokenizer() -> PreTrainedTokenizerFast:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    specials = ["<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"]
    tokenizer = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens(specials)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(tokenizer.to_str())
        file.flush()
        fast = PreTrainedTokenizerFast(tokenizer_file=file.name, eos_token="<|im_end|>", pad_token="<|im_end|>")
    fast.chat_template = TEMPLATE
    return fast


TOKENIZER = byte_tokenizer()
SCHEMA = OpenAIFunctionToolSchema.model_validate(
    {
        "type": "function",
        "function": {
            "name": "add",
            "description": "Adds one",
            "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        },
    }
)


class Add(BaseTool):
    def __init__(self) -> None:
        super().__init__({}, SCHEMA)

    async def create(self, instance_id=None, **kwargs):
        return instance_id or "one", ToolResponse()

    async def execute(self, instance_id, parameters, **kwargs):
        return ToolResponse(text=str(parameters["a"] + 1)), 0.0, {}

    async def release(self, instance_id, **kwargs):
        return None


def call(value: int) -> list[int]:
    arguments = json.dumps({"name": "add", "arguments": {"a": value}})
    return TOKENIZER.encode(f"<tool_call>\n{arguments}\n</tool_call>") + [TOKENIZER.eos_token_id]


REPLIES = [call(1), call(2), TOKENIZER.encode("answer 4") + [TOKENIZER.eos_token_id]]


class InstantServer:
    def __init__(self) -> None:
        self.turns: dict[str, int] = {}

    async def generate(self, request_id, prompt_ids, sampling_params, **kwargs):
        turn = self.turns.get(request_id, 0)
        self.turns[request_id] = turn + 1
        if turn == len(REPLIES) - 1:
            self.turns.pop(request_id)
        return TokenOutput(token_ids=REPLIES[turn], log_probs=[-0.1] * len(REPLIES[turn]))


class Tools:
    tools = [Add()]


CONFIG = OmegaConf.create(
    {
        "actor_rollout_ref": {
            "rollout": {
                "prompt_length": 1024,
                "response_length": 1024,
                "full_determinism": False,
                "multi_turn": {
                    "max_user_turns": 8,
                    "max_assistant_turns": 8,
                    "max_parallel_calls": 1,
                    "max_tool_response_length": 256,
                    "tool_response_truncate_side": "middle",
                    "format": "hermes",
                },
            },
            "model": {},
        }
    }
)


async def rate(in_flight: int, count: int) -> float:
    loop = tool_agent_loop.ToolAgentLoop(
        DictConfigWrap(CONFIG),
        InstantServer(),
        TOKENIZER,
        None,
        RLHFDataset,
        DictConfigWrap(OmegaConf.create({})),
        hf_model_type="qwen3",
        tools=Tools(),
    )
    gate = asyncio.Semaphore(in_flight)

    async def one():
        async with gate:
            return await loop.run({}, raw_prompt=[{"role": "user", "content": "2+2?"}], extra_info={})

    output = await one()
    assert sum(output.response_mask) == sum(map(len, REPLIES)), output.num_turns
    started = time.perf_counter()
    await asyncio.gather(*[one() for _ in range(count)])
    return count / (time.perf_counter() - started)


for in_flight in (int(word) for word in sys.argv[1:]):
    count = max(100, in_flight * 2)
    rates = [asyncio.run(rate(in_flight, count)) for _ in range(3)]
    print(json.dumps({"in_flight": in_flight, "rollouts_per_second": statistics.median(rates)}), flush=True)
