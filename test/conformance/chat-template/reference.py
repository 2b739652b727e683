"""The ids that transformers gives for a conversation, with the published template and image processor of a model."""

import json
import re
from pathlib import Path

from PIL import Image
from tokenizers import Tokenizer
from transformers import AutoTokenizer
from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen3_vl.processing_qwen3_vl import Qwen3VLProcessor

# Processors want a video processor, which needs torch; nothing here is a video.
for kind in (Qwen3VLProcessor, Qwen2_5_VLProcessor):
    kind.check_argument_for_proper_class = lambda self, name, argument: None

PAD = 151655
IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"
MASKS = 0xF0000
QWEN3_VL = {"shortest_edge": 65536, "longest_edge": 16777216}
QWEN25_VL = {"shortest_edge": 3136, "longest_edge": 12845056}


class Reference:
    """One model: its tokenizer, template and image processor."""

    def __init__(self, model: str, templates: dict[str, str], folder: Path) -> None:
        self.model = model
        self.template = templates[model]
        self.tools_template = templates["qwen2.5"] if model == "qwen2.5-vl" else self.template
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        raw = json.loads((folder / "tokenizer.json").read_text())
        self.spelt = {token["content"]: token["id"] for token in raw["added_tokens"]}
        self.plain = Tokenizer.from_str(json.dumps({**raw, "added_tokens": []}))
        old = model == "qwen2.5-vl"
        self.images = Qwen2VLImageProcessorPil(
            size=QWEN25_VL if old else QWEN3_VL, patch_size=14 if old else 16, merge_size=2
        )
        kind = Qwen2_5_VLProcessor if old else Qwen3VLProcessor
        self.processor = (
            None if model == "hermes" else kind(self.images, self.tokenizer, None, chat_template=self.template)
        )

    def pads(self, width: int, height: int) -> int:
        """Tokens of an image of this size."""
        return self.images.get_number_of_image_patches(height, width, {}) // 4

    def text(self, messages: list[dict], tools: list[dict], generate: bool) -> str:
        """The whole conversation as one string, one pad per image."""
        template = self.template
        if self.model == "qwen2.5-vl" and (tools or any(message["role"] == "tool" for message in messages)):
            # The published template of Qwen2.5-VL knows no tools: that of Qwen2.5, which takes text alone, with its
            # images spelt out.
            template = self.tools_template
            if messages[0]["role"] != "system":
                messages = [{"role": "system", "content": "You are a helpful assistant."}, *messages]
            messages = [{**message, "content": spell(message["content"])} for message in messages]
        if self.model == "hermes":
            messages = [{**message, "content": spell(message["content"])} for message in messages]
        return self.tokenizer.apply_chat_template(
            messages, tools=tools or None, chat_template=template, tokenize=False, add_generation_prompt=generate
        )

    def ids(self, text: str, sizes: list[list[int]]) -> list[int]:
        """What transformers makes of the text: its tokenizer, and its processor where there are images."""
        if not sizes:
            return self.tokenizer(text)["input_ids"]
        images = [Image.new("RGB", (width, height)) for width, height in sizes]
        return self.processor(text=[text], images=images)["input_ids"][0]

    def check_processor(self, messages: list[dict], sizes: list[list[int]], tools: list[dict], ids: list[int]) -> None:
        """The processor's own apply_chat_template, which AutoProcessor's users call, gives the same ids."""
        if self.processor is None or not sizes or (tools and self.model == "qwen2.5-vl"):
            return
        images = iter([Image.new("RGB", (width, height)) for width, height in sizes])
        given = [
            {
                **message,
                "content": [
                    {"type": "image", "image": next(images)} if part["type"] == "image" else part for part in parts
                ],
            }
            for message in messages
            for parts in [
                (
                    [{"type": "text", "text": message["content"]}]
                    if isinstance(message["content"], str)
                    else message["content"]
                )
            ]
        ]
        whole = self.processor.apply_chat_template(
            given, tools=tools or None, tokenize=True, return_dict=True, add_generation_prompt=True
        )
        if whole["input_ids"][0] != ids:
            raise SystemExit(f"{self.model}: the processor gives other ids than its parts for {messages}")

    def ids_of_masked(self, text: str, sizes: list[list[int]]) -> list[int]:
        """The same for a text with masked spellings: divided at real tokens, the rest encoded without any."""
        counts = iter([self.pads(*size) for size in sizes])
        ids: list[int] = []
        for piece in re.split("(" + "|".join(map(re.escape, self.spelt)) + ")", text):
            if piece in self.spelt:
                ids += [PAD] * next(counts) if self.spelt[piece] == PAD else [self.spelt[piece]]
            else:
                ids += self.plain.encode(unmask(piece, self.spelt), add_special_tokens=False).ids
        return ids

    def mask(self, text: str) -> str:
        """Untrusted text with each spelling of a token put behind a private character."""
        for index, spelling in enumerate(self.spelt):
            text = text.replace(spelling, chr(MASKS + index))
        return text


def unmask(text: str, spelt: dict[str, int]) -> str:
    """Puts the masked spellings back."""
    for index, spelling in enumerate(spelt):
        text = text.replace(chr(MASKS + index), spelling)
    return text


def spell(content: str | list[dict]) -> str:
    """Content as text, images as the tokens that stand for them."""
    if isinstance(content, str):
        return content
    return "".join(IMAGE if part["type"] == "image" else part["text"] for part in content)
