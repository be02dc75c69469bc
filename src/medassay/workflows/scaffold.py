"""First files for a new benchmark, model, metric or solver, with a test that passes."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from medassay.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TEMPLATES = Path(__file__).with_name("templates")
_PIXEL = base64.b64decode(  # one grey pixel as a PNG
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def new(what: str, name: str, *, folder: Path = Path()) -> list[Path]:
    """Write the files; returns their paths.

    Raises:
        UsageError: the name is not in-kebab-case, or a file of that name is there already.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r}: give a name of small letters, digits and hyphens, like my-hospital-vqa")
    module = name.replace("-", "_")
    words = {"NAME": name, "MODULE": module, "CLASS": "".join(part.title() for part in name.split("-"))}
    files = {
        folder / f"{module}.py": _fill(f"{what}.py.txt", words),
        folder / f"test_{module}.py": _fill(f"test_{what}.py.txt", words),
    }
    if what == "benchmark":
        data = folder / "fixtures" / name
        files[data / "questions.csv"] = _fill("questions.csv.txt", words)
        files |= {data / "images" / f"{letter}.png": _PIXEL for letter in "ab"}
    taken = [path for path in files if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} is there already: choose another name or --folder")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(files)


def _fill(template: str, words: dict[str, str]) -> bytes:
    text = (_TEMPLATES / template).read_text("utf-8")
    for key, value in words.items():
        text = text.replace(f"${key}", value)
    return text.encode()
