"""Checkpoints that lie in the layout of their makers' code and are read into a class of transformers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from medassay.models.checkpoint import Checkpoint
from medassay.models.quirks import original_llava, original_processor, vila


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A layout: `known` by its `config.json`; `check` raises ModelError for what cannot be read.

    `read_model` takes the checkpoint and options of `from_pretrained`, and returns the model and the names
    of missing weights. `parts` are the checkpoints that the weights lie in.
    """

    known: Callable[[Mapping[str, Any]], bool]
    check: Callable[[Checkpoint], object]
    read_processor: Callable[[Checkpoint], Any]
    read_model: Callable[[Checkpoint, Mapping[str, Any]], tuple[Any, set[str]]]
    parts: Callable[[Checkpoint], Mapping[str, Checkpoint]]


LAYOUTS = (
    Layout(
        known=original_llava.is_original,
        check=original_llava.translated,
        read_processor=original_processor.read_processor,
        read_model=original_llava.read_model,
        parts=original_llava.parts,
    ),
    Layout(
        known=vila.is_vila,
        check=vila.translated,
        read_processor=vila.read_processor,
        read_model=vila.read_model,
        parts=vila.parts,
    ),
)


def layout_of(config: Mapping[str, Any]) -> Layout | None:
    """The layout that a `config.json` is in; None: that of `save_pretrained`."""
    return next((layout for layout in LAYOUTS if layout.known(config)), None)
