"""Installs the policy server of the tests in a virtual environment of its own, and prints its interpreter's path."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

_HERE = Path(__file__).parent
_UV = "uv==0.13.9"
_READY = "ready"


def main() -> None:
    """Installs it unless that was done, some 5 GB."""
    locked = (_HERE / "requirements.txt").read_bytes() + (_HERE / "overrides.txt").read_bytes()
    digest = hashlib.sha256(locked + sys.version.encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "interleave" / f"vllm-{digest}"
    python = folder / "bin" / "python"
    if not (folder / _READY).exists():
        # What an installation left that was cut short is of no use.
        shutil.rmtree(folder, ignore_errors=True)
        _say(f"making {folder}")
        venv.create(folder, with_pip=True)
        _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _UV)
        _say("installing vLLM and what it needs, some 5 GB")
        lists = ["--requirement", str(_HERE / "requirements.txt"), "--override", str(_HERE / "overrides.txt")]
        _run(str(folder / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python), *lists)
        (folder / _READY).touch()
    print(python)


def _run(*command: str) -> None:
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
        sys.exit(f"{Path(command[0]).name} failed; what it said is above.")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("The servers of the tests need Python 3.11 or newer.")
    main()
