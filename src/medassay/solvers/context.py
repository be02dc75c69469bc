"""What a run hands to a way of asking that needs more than one case and its request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from medassay.errors import UsageError
from medassay.solvers.agreement import agree, read
from medassay.types import Case, FloatArray, Image, Prompt, Scorer, Solver


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A case of the training part with its right answer, as a model might write it."""

    case: Case
    answer: str


Embed = Callable[[Sequence[Image] | Sequence[str]], FloatArray]
"""Vectors of unit length, float32, (n, d), of images or of texts."""


def _no_texts(folder: Path) -> Sequence[Solved]:
    raise UsageError(f"there is no folder {folder} in this run")


def _no_encoder(word: str) -> Embed:
    raise UsageError(f"there is no encoder {word!r} in this run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The run as a scheme meets it when it begins. What is costly is a function, called by who needs it.

    Attributes:
        prompt: how a case is put into words in this run.
        scorer: the benchmark's, under the rules of the run.
        seed: of the run. What is drawn for a case is drawn from the seed and the case's id.
        examples: the benchmark's training part, solved, its images with digests. It may hold patients and
            images of what is asked: who shows examples leaves those out (`medassay.solvers.exemplars`).
        texts: what a folder holds, as cases whose answer is the text.
        cases: what is asked, its images with digests.
        strangers: by the id of each case that is asked, the images of other cases, as many as its own.
        encoder: an encoder by its word of the command line.
    """

    prompt: Prompt
    scorer: Scorer
    seed: int = 0
    examples: Callable[[], Sequence[Solved]] = tuple
    texts: Callable[[Path], Sequence[Solved]] = _no_texts
    cases: Callable[[], Sequence[Case]] = tuple
    strangers: Callable[[], Mapping[str, tuple[Image, ...]]] = dict
    encoder: Callable[[str], Embed] = _no_encoder

    def read(self, case: Case, text: str) -> str | None:
        """What the benchmark reads in an answer; None for what it cannot read, and for a refusal."""
        return read(self.scorer, case, text)

    def agree(self, case: Case, first: str, second: str) -> bool:
        """Whether two answers say the same (`medassay.solvers.agreement`)."""
        return agree(self.scorer, case, first, second)


@runtime_checkable
class Scheme(Protocol):
    """A way of asking that needs its run: a frozen dataclass whose keyword-only fields are its options."""

    def begin(self, context: Context, /) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: the benchmark lacks what it needs, or an option makes no sense.
        """
