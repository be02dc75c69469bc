"""What a recipe is given, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medassay.adaptation.examples import Examples
from medassay.models.encoded import Encoded
from medassay.models.heads import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is learned from: examples with vectors, and the encoder. Test samples never come here.

    `source` and `revision` are how the encoder's weights are found again.
    """

    train: Examples
    validation: Examples
    encoder: Encoded
    seed: int
    source: str = ""
    revision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a recipe leaves.

    Attributes:
        head: turns vectors into logits.
        trained: how many numbers were learned.
        settings: what was chosen, and how; goes into the record.
        curve: rows of what was tried, or of epochs, each with what validation said.
        adapter: writes changed weights of the encoder into a folder, as peft does; None where there are none.
    """

    head: Head
    trained: int
    settings: Mapping[str, Any]
    curve: Sequence[Mapping[str, float]] = field(default_factory=tuple)
    adapter: Callable[[Path], None] | None = None


Recipe = Callable[..., Learned]
"""`recipe(material, *, option=default, ...)`; options are typed."""
