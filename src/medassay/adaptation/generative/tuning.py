"""The options that all recipes for generative models share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from medassay.adaptation.generative.anatomy import regions
from medassay.adaptation.generative.pairs import Pair
from medassay.errors import UsageError
from medassay.types import Style

Method = Literal["lora", "qlora", "full"]
Schedule = Literal["cosine", "linear", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """What is trained, and how.

    Attributes:
        method: "lora": low-rank adapters (Hu et al. 2021, arXiv 2106.09685); "qlora": the same over weights
            of four bits (Dettmers et al. 2023, arXiv 2305.14314; a CUDA GPU and bitsandbytes); "full": the
            weights themselves.
        parts: of the model: vision, projector, language, several with "+". With adapters, vision and
            language get them in every linear layer, and a projector is trained itself.
        rank: of the adapters; their scale is alpha / rank.
        alpha: see rank.
        dropout: before the adapters, while training.
        rate: the highest learning rate of AdamW.
        projector_rate: of the projector, where it is another.
        epochs: passes over the training dialogues.
        steps: optimiser steps at most; None: as many as the epochs have.
        batch: dialogues in a step of one process.
        accumulate: steps whose gradients are added up before the weights move.
        warmup: share of the steps over which the rate rises.
        schedule: how it falls then.
        decay: of the weights, decoupled.
        clip: the highest norm of a gradient.
        precision: of the forward pass; "auto": bfloat16 where the GPU has it, else float32. What is
            trained is kept in float32.
        checkpointing: compute activations again instead of keeping them; None: on a GPU only.
        checks: looks at validation, each with a checkpoint, over the training.
        patience: looks without a better validation loss after which training ends; 0: never.
        looked_at: validation dialogues of a look at most, drawn by hash.
    """

    method: Method = "lora"
    parts: str = "language"
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    rate: float = 2e-4
    projector_rate: float | None = None
    epochs: float = 3.0
    steps: int | None = None
    batch: int = 8
    accumulate: int = 1
    warmup: float = 0.03
    schedule: Schedule = "cosine"
    decay: float = 0.0
    clip: float = 1.0
    precision: Precision = "auto"
    checkpointing: bool | None = None
    checks: int = 10
    patience: int = 3
    looked_at: int = 256

    def __post_init__(self) -> None:
        regions(self.parts)
        for name in ("rank", "alpha", "batch", "accumulate", "checks", "looked_at"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: it is at least 1")
        if self.rate <= 0 or self.epochs <= 0 or (self.steps is not None and self.steps < 1):
            raise UsageError("rate, epochs and steps are above 0")
        if not 0 <= self.warmup < 1 or not 0 <= self.dropout < 1:
            raise UsageError("warmup and dropout are shares: at least 0 and below 1")

    @property
    def brought(self) -> str:
        """The name of what it brings; "" where it brings nothing."""
        return ""

    def brings(self, _seed: int, /) -> Sequence[Pair]:
        """What is learned from in place of a benchmark's training part, drawn by a seed; here nothing."""
        return ()

    def addressed(self, style: Style) -> Style:
        """How the model is to be addressed while it learns and ever after, by how it was before."""
        return style
