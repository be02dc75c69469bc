"""What a recipe for a generative model is given, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medassay.adaptation.generative.dialogues import Dialogue
from medassay.adaptation.generative.pairs import Pair
from medassay.models.transformers import TransformersModel
from medassay.types import Sample, Scorer


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where training is: `loss` of the last steps; `validation` is what was last seen there, NaN before."""

    step: int
    steps: int
    loss: float
    rate: float
    validation: float
    remaining: float  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is learned from. Test samples never come here.

    Attributes:
        model: what is taught; its weights are read anew.
        source: how these are found again: a card's source, a folder or a hub id; `revision` of a hub id.
        train: what is asked and what should be said.
        validation: the same, to choose on.
        samples: the samples behind all dialogues by id, for rewards.
        scorer: judges answers as the benchmark does.
        pairs: by the id of their dialogue, where the recipe brought them; else empty.
        seed: of everything that is drawn.
        place: a folder for checkpoints, from which an interrupted training goes on.
        report_to: trackers as transformers' Trainer knows them ("tensorboard", "wandb", "trackio").
        progress: is told at every logged step.
    """

    model: TransformersModel
    source: str
    revision: str | None
    train: Sequence[Dialogue]
    validation: Sequence[Dialogue]
    samples: Mapping[str, Sample]
    scorer: Scorer
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    seed: int
    place: Path
    report_to: Sequence[str] = ()
    progress: Callable[[Moment], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What a recipe leaves.

    Attributes:
        save: writes the adapter as peft does, or all weights, into a folder.
        whole: all weights are written, no adapter.
        trained: how many numbers were trained.
        parameters: how many the model has.
        settings: what was chosen, and how; goes into the record.
        curve: rows of logged steps.
    """

    save: Callable[[Path], object]
    whole: bool
    trained: int
    parameters: int
    settings: Mapping[str, Any]
    curve: Sequence[Mapping[str, float]] = field(default_factory=tuple)
