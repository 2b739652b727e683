"""Builds conversations from a seed, as indices into lists that the file carries once."""

import random

from texts import HOSTILE, HOSTILE_TOOL, PLAIN, SIZES, TOOLS, wild_text

MODELS = ["qwen3-vl-thinking", "qwen3-vl-instruct", "qwen2.5-vl", "hermes"]


def build(seed: int, count: int) -> dict:
    """`count` conversations: one question, then turns with calls and what came of them."""
    rng = random.Random(seed)
    texts = PLAIN + [wild_text(rng) for _ in range(60)]
    first_hostile = len(texts)
    texts += HOSTILE
    cases = [conversation(rng, index, first_hostile, len(texts)) for index in range(count)]
    return {"texts": texts, "tools": [*TOOLS, HOSTILE_TOOL], "cases": cases}


def conversation(rng: random.Random, index: int, first_hostile: int, all_texts: int) -> dict:
    """One conversation; a third of them have hostile text."""
    model = MODELS[index % len(MODELS)]
    hostile = rng.random() < 0.35

    def text() -> int:
        return (
            rng.randrange(first_hostile, all_texts) if hostile and rng.random() < 0.6 else rng.randrange(first_hostile)
        )

    def content() -> list:
        parts: list = []
        for _ in range(rng.choice([0, 1, 1, 1, 2, 3, 4])):
            image = model != "hermes" and rng.random() < 0.35
            parts.append(rng.choice(SIZES) if image else text())
        return parts

    tools = rng.sample(range(len(TOOLS)), rng.randrange(0, 4))
    if hostile and rng.random() < 0.3:
        tools.append(len(TOOLS))
    turns = []
    for _ in range(rng.choice([0, 1, 1, 2, 3]) if tools else 0):
        calls = rng.choice([1, 1, 1, 2, 3])
        # What the model wrote itself is never encoded here, so its text is harmless: it only takes up room.
        turns.append(
            {
                "thinking": rng.randrange(1, 4),
                "content": rng.choice([0, 1]),
                "calls": calls,
                "outcomes": [content() for _ in range(calls)],
            }
        )
    system = None if rng.random() < 0.3 else text()
    return {"model": model, "hostile": hostile, "system": system, "tools": tools, "prompt": content(), "turns": turns}
