"""Runs one cell of code: what it prints, the value of its last expression, its traceback without ours."""

from __future__ import annotations

import ast
import linecache
import sys
import traceback
import warnings
from types import CodeType
from typing import Any

from .figures import Figures
from .output import Output

_LONGEST_VALUE = 64 * 1024
_LONGEST_ERROR = 16 * 1024


class Runner:
    """Runs the cells of one session, which share their variables."""

    def __init__(self, output: Output, figures: Figures) -> None:
        self.output = output
        self.figures = figures
        self.variables: dict[str, Any] = {
            "__name__": "__main__",
            "__builtins__": __builtins__,
            "display": self._display,
        }
        self._count = 0
        warnings.formatwarning = _format_warning

    def run(self, code: str) -> dict[str, Any]:
        """Runs a cell. Never raises; the pictures are left in `figures`."""
        self._count += 1
        name = f"<cell {self._count}>"
        lines = code.splitlines(keepends=True)
        linecache.cache[name] = (len(code), None, lines, name)
        self.output.clear()
        self.figures.clear()
        # A cell may have put something else in their place.
        sys.stdout = sys.stderr = self.output
        reply: dict[str, Any] = {}
        try:
            body, last = _compile(code, name)
            if body is not None:
                exec(body, self.variables)
            value = None if last is None else eval(last, self.variables)
            # Before the open figures are shown and closed: one of them is not shown twice.
            taken = value is not None and self.figures.take(value)
            self.figures.show()
            if value is not None and not taken:
                reply["value"] = _shorten(repr(value), _LONGEST_VALUE)
        except BaseException as error:
            reply["error"] = _describe(error)
            if isinstance(error, KeyboardInterrupt):
                reply["interrupted"] = True
            else:
                reply["error"] += self._late_figures()
        sys.stdout = sys.stderr = self.output
        reply["output"] = self.output.text() + self.figures.notice()
        return reply

    def _late_figures(self) -> str:
        # What a cell drew before it failed is shown too.
        try:
            self.figures.show()
        except BaseException as error:
            return _describe(error)
        return ""

    def _display(self, *shown: Any) -> None:
        for value in shown:
            if not self.figures.take(value):
                print(value if isinstance(value, str) else repr(value))


def _compile(code: str, name: str) -> tuple[CodeType | None, CodeType | None]:
    """The statements of a cell, and its last expression where it ends in one."""
    tree = ast.parse(code, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), name, "eval")  # type: ignore[attr-defined]
    return compile(tree, name, "exec") if tree.body else None, last


def _describe(error: BaseException) -> str:
    try:
        described = traceback.TracebackException.from_exception(error, compact=True)
        _trim(described)
        return _shorten("".join(described.format()), _LONGEST_ERROR)
    except BaseException:
        # The exception's own code failed; its name is always there.
        return f"{type(error).__name__}\n"


def _trim(described: traceback.TracebackException) -> None:
    """Leaves the lines of cells only."""
    waiting = [described]
    while waiting:
        current = waiting.pop()
        current.stack[:] = [frame for frame in current.stack if frame.filename.startswith("<cell ")]
        waiting.extend(link for link in (current.__cause__, current.__context__) if link is not None)
        waiting.extend(getattr(current, "exceptions", None) or [])


def _shorten(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]}\n[... {len(text) - longest} characters left out ...]\n{text[-(longest // 2) :]}"


def _format_warning(message: Any, category: type[Warning], *_: Any, **__: Any) -> str:
    return f"{category.__name__}: {message}\n"
