"""
Writes a tiny Qwen3-VL whose weights are the automaton of `automaton.py`, with the real vocabulary of Qwen3.

    make_model.py FOLDER TOKENIZER    TOKENIZER: a folder with tokenizer.json and tokenizer_config.json

One attention layer looks at the token before the last; everything else is zero. Images are taken and not looked at.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from pathlib import Path

import torch
from automaton import Automaton, rollout_automaton
from tokenizers import Tokenizer
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

_VOCABULARY = 151_936
_HIDDEN, _HEADS, _HEAD = 96, 2, 32
_THETA = 5_000_000.0
# How sharply the layer looks: the scale of queries and of keys.
_SHARPNESS = 20.0
# What a class that may follow has over those that may not; what the class before it adds where it decides.
_ALLOWED, _DECIDED = 60.0, 30.0


def main(folder: Path, tokenizer_folder: Path) -> None:
    """Writes the model, its tokenizer and its processors."""
    tokenizer = Tokenizer.from_file(str(tokenizer_folder / "tokenizer.json"))
    automaton = rollout_automaton(tokenizer)
    torch.manual_seed(0)
    model = Qwen3VLForConditionalGeneration(_config()).to(torch.float32)
    with torch.no_grad():
        _write_weights(model, automaton)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer_folder / name, folder)
    shutil.copy(Path(__file__).parent / "chat_template.jinja", folder)
    _write_json(
        folder / "generation_config.json",
        {"bos_token_id": 151643, "pad_token_id": 151643, "eos_token_id": [151645, 151643]},
    )
    for name, kind, pixels in (
        ("preprocessor_config.json", "image_processor_type", ("Qwen2VLImageProcessorFast", 65_536, 16_777_216)),
        ("video_preprocessor_config.json", "video_processor_type", ("Qwen3VLVideoProcessor", 4_096, 25_165_824)),
    ):
        processor, shortest, longest = pixels
        sizes = {
            "size": {"shortest_edge": shortest, "longest_edge": longest},
            "patch_size": 16,
            "temporal_patch_size": 2,
        }
        means = {"merge_size": 2, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
        _write_json(folder / name, {**sizes, **means, "processor_class": "Qwen3VLProcessor", kind: processor})


def _config() -> Qwen3VLConfig:
    rope = {"rope_type": "default", "rope_theta": _THETA, "mrope_interleaved": True, "mrope_section": [6, 5, 5]}
    text = {
        "vocab_size": _VOCABULARY,
        "hidden_size": _HIDDEN,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": _HEADS,
        "num_key_value_heads": _HEADS,
        "head_dim": _HEAD,
        "max_position_embeddings": 8192,
        "rms_norm_eps": 1e-6,
        "rope_parameters": rope,
        "bos_token_id": 151643,
        "eos_token_id": 151645,
        "pad_token_id": 151643,
        "tie_word_embeddings": False,
    }
    vision = {
        "depth": 1,
        "hidden_size": 64,
        "intermediate_size": 64,
        "num_heads": 2,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": _HIDDEN,
        "num_position_embeddings": 256,
        "deepstack_visual_indexes": [0],
        "in_channels": 3,
    }
    return Qwen3VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=False)


def _write_weights(model: Qwen3VLForConditionalGeneration, automaton: Automaton) -> None:
    # Places in the hidden state: a constant, the class of the last token, the class of the one before it.
    count = len(automaton.classes)
    last, before = 1, 1 + count
    if before + count > _HIDDEN:
        raise ValueError(f"{count} classes do not fit into {_HIDDEN} places")
    language = model.model.language_model
    embeddings = language.embed_tokens.weight
    embeddings.zero_()
    embeddings[:, 0] = 1
    embeddings[:, last] = 1
    for index, tokens in enumerate(automaton.classes[1:], 1):
        embeddings[tokens, last] = 0
        embeddings[tokens, last + index] = 1
    layer = language.layers[0]
    layer.mlp.down_proj.weight.zero_()
    _look_back(layer.self_attn, last, before, count)
    head = model.lm_head.weight
    head.zero_()
    # Three places are 1, and the last norm scales them to this.
    scale = math.sqrt(_HIDDEN / 3)
    for place, following, amount in _preferences(automaton):
        tokens = automaton.classes[following] or _others(automaton)
        head[tokens, place + (last if place < count else before - count)] = amount / scale


def _others(automaton: Automaton) -> list[int]:
    # Of class 0 a line break stands for all: it follows the end of a turn, where nobody goes on.
    return [198]


def _preferences(automaton: Automaton) -> list[tuple[int, int, float]]:
    """Place (class of the last token, or `count` + class before it), class that follows, logit."""
    found: dict[tuple[int, int], float] = {}
    count = len(automaton.classes)

    def prefer(place: int, following: int, amount: float) -> None:
        if found.setdefault((place, following), amount) != amount:
            raise ValueError("two ways want different things of the same classes")

    for state, moves in automaton.moves.items():
        for chance, following in moves:
            size = len(automaton.classes[following]) or 1
            prefer(state, following, _ALLOWED + math.log(chance / size))
    for (earlier, state), moves in automaton.moves_after.items():
        if state in automaton.moves:
            continue
        for _, following in moves:
            prefer(state, following, _ALLOWED - math.log(len(automaton.classes[following])))
            prefer(count + earlier, following, _DECIDED)
    return [(place, following, amount) for (place, following), amount in found.items()]


def _look_back(attention: torch.nn.Module, last: int, before: int, count: int) -> None:
    """All heads look at the token before, and copy its class."""
    frequencies = [_THETA ** (-2 * pair / _HEAD) for pair in range(_HEAD // 2)]
    for projection in ("q_proj", "k_proj", "v_proj", "o_proj"):
        getattr(attention, projection).weight.zero_()
    # The norm of queries and keys makes the length of these equal to the square root of their size.
    attention.q_norm.weight.fill_(_SHARPNESS)
    attention.k_norm.weight.fill_(_SHARPNESS)
    for head in range(_HEADS):
        for pair, frequency in enumerate(frequencies):
            first, second = head * _HEAD + pair, head * _HEAD + pair + _HEAD // 2
            # Turned by one position, so that the key of the token before is in line with it.
            attention.q_proj.weight[first, 0] = math.cos(frequency)
            attention.q_proj.weight[second, 0] = -math.sin(frequency)
            attention.k_proj.weight[first, 0] = 1
        for place in range(_HEAD):
            index = head * _HEAD + place
            if index < count:
                # The norm before the layer scales two places of 1.
                attention.v_proj.weight[index, last + index] = 1 / math.sqrt(_HIDDEN / 2)
                attention.o_proj.weight[before + index, index] = 1


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
