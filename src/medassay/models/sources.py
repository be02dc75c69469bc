"""Where a card's weights lie, as an engine takes it: a folder or a hub id."""

from __future__ import annotations

from pathlib import Path


def place_of(source: str) -> str:
    """`builtin:NAME` is a folder of this package, `hf://OWNER/NAME` a hub id; all else stands for itself."""
    if source.startswith("builtin:"):
        return str(Path(__file__).parent / "demo" / source.removeprefix("builtin:"))
    return source.removeprefix("hf://")
