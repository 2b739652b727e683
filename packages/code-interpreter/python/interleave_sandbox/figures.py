"""Pictures that a cell shows: open figures, and images that it displays."""

from __future__ import annotations

import io
import sys
from typing import Any

MOST = 10
_MOST_PIXELS = 25_000_000


class Figures:
    """Collects the pictures of one cell, as PNG files in the order they were shown."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self._more = 0

    def clear(self) -> None:
        """Forgets the pictures of the last cell."""
        self.pictures = []
        self._more = 0

    def notice(self) -> str:
        """A sentence where not every picture was kept."""
        return f"[Only the first {MOST} pictures are shown; {self._more} more are not.]\n" if self._more else ""

    def show(self, *_: Any, **__: Any) -> None:
        """`plt.show`: takes every open figure, and closes it."""
        plt = sys.modules.get("matplotlib.pyplot")
        if plt is None:
            return
        numbers = plt.get_fignums()
        if not numbers:
            return
        try:
            for number in numbers:
                self._save(plt.figure(number))
        finally:
            plt.close("all")

    def take(self, shown: Any) -> bool:
        """Takes an image of Pillow or a figure that is no longer open. Returns whether it was one."""
        images = sys.modules.get("PIL.Image")
        if images is not None and isinstance(shown, images.Image):
            self._take_image(shown)
            return True
        figure = sys.modules.get("matplotlib.figure")
        if figure is not None and isinstance(shown, figure.Figure):
            plt = sys.modules.get("matplotlib.pyplot")
            self._save(shown)
            if plt is not None:
                plt.close(shown)
            return True
        return False

    def _full(self) -> bool:
        if len(self.pictures) < MOST:
            return False
        self._more += 1
        return True

    def _save(self, figure: Any) -> None:
        if self._full():
            return
        width, height = figure.get_size_inches() * figure.dpi
        if width * height > _MOST_PIXELS:
            raise ValueError(f"a figure of {int(width)} x {int(height)} pixels is too large to be shown")
        file = io.BytesIO()
        # Without the version of the library, which would differ from machine to machine.
        figure.savefig(file, format="png", metadata={"Software": None})
        self.pictures.append(file.getvalue())

    def _take_image(self, image: Any) -> None:
        if self._full():
            return
        if image.width * image.height > _MOST_PIXELS or 0 in image.size:
            raise ValueError(f"an image of {image.width} x {image.height} pixels cannot be shown")
        plain = ("L", "LA", "RGB", "RGBA")
        kept = image if image.mode in plain else image.convert("RGBA" if "transparency" in image.info else "RGB")
        file = io.BytesIO()
        kept.save(file, format="png", compress_level=3, icc_profile=None)
        self.pictures.append(file.getvalue())


def take_over(figures: Figures) -> None:
    """Puts `figures` where the libraries would open a window."""
    plt: Any = sys.modules.get("matplotlib.pyplot")
    if plt is not None:
        plt.show = figures.show
    images: Any = sys.modules.get("PIL.Image")
    if images is not None:
        images.MAX_IMAGE_PIXELS = 100_000_000
        images.Image.show = lambda image, *_, **__: figures.take(image) and None
