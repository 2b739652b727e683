"""What a session finds at hand: the rollout's images, and chance that starts from its seed."""

from __future__ import annotations

import io
import os
import random
import sys
import tempfile
from contextlib import suppress
from typing import Any

_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


class Images:
    """The images of a rollout as `_pil_images`, as files in `_images`, and each as `image_1`, `image_2` and so on."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self._variables = variables
        self._opened: list[Any] = []
        self._paths: list[str] = []
        self._bind()

    def add(self, mimes: list[str], contents: list[bytes]) -> None:
        """Appends images, given as encoded files. One that cannot be opened is None."""
        for mime, content in zip(mimes, contents, strict=True):
            number = len(self._opened) + 1
            path = os.path.join(tempfile.gettempdir(), f"image_{number}.{_SUFFIXES.get(mime, 'bin')}")
            # A cell may have left something else there, or no room: the image itself is in memory.
            with suppress(OSError):
                if os.path.lexists(path):
                    os.unlink(path)
                with open(path, "wb") as file:
                    file.write(content)
            self._opened.append(_open(content))
            self._paths.append(path)
            self._variables[f"image_{number}"] = self._opened[-1]
        if contents:
            self._bind()

    def _bind(self) -> None:
        self._variables["_pil_images"] = self._opened
        self._variables["_images"] = self._paths


def _open(content: bytes) -> Any:
    images = sys.modules.get("PIL.Image")
    if images is None:
        return None
    try:
        return images.open(io.BytesIO(content))
    except Exception:
        return None


def seed_chance(seed: int) -> None:
    """Starts `random`, `numpy.random` and generators of numpy that are given no seed."""
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return
    numpy.random.seed(seed % 2**32)
    entropy = random.Random(f"numpy {seed}")
    # Where numpy.random.SeedSequence takes its entropy when nobody gave it any.
    numpy.random.bit_generator.randbits = entropy.getrandbits
