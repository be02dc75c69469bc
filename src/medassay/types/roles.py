"""What acts on the values: benchmarks, prompts, solvers, models, scorers, and the cards of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from medassay.types.asking import Request, Response
from medassay.types.judging import FloatArray, Measure, Score
from medassay.types.samples import Case, Image, Kind, Sample

Access = Literal["open", "registration", "credentialed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a benchmark's files lie and which of them are wanted.

    `variant` None: the first that is there. `pictures` False: texts are enough, as for scoring answers that
    exist; a loader then does not ask for images that lie beside its tables.
    """

    root: Path | None = None
    split: str = "test"
    variant: str | None = None
    pictures: bool = True


Prompt = Callable[[Case], Request]
"""The only place where a case becomes words."""

Turns = Generator[Sequence[Request], Sequence[Response], Response]
Solver = Callable[[Case, Request], Turns]
"""A way of reaching an answer: yields requests, is sent their responses, returns one. Pure in what it is
sent, so a killed run resumes by replaying it against the store."""

Scorer = Callable[[Sample, Response], Score]
"""A pure judgement of one response."""

Loader = Callable[..., Iterator[Sample]]
"""`load(where: Where, *, option=default, ...)`: streams the samples of a split; options are typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A dataset with the way it is asked and judged. Data: no code decides by its name.

    `revision` None means unpinned: the first download writes the resolved one into the user's lock file.
    `verified` says whether the loader has met a real file or only its description. `counts` are the
    samples per split ("variant/split" where variants differ), `clusters` the units in them, where somebody
    has counted. `cluster` names the unit that is resampled.
    `kinds` are those its samples can have: the task type, which is the dataset's and never follows from a
    gold answer. `protocol` names the rules under which answers are judged, `asked` those in whose words they
    are asked for (`medassay.protocols`). `absent` are variants that are known and cannot be had, with the
    reason. `unverified` names what on the card nobody has confirmed: a field, or "counts" or "counts:SPLIT".
    `overlap`: how many clusters test and train share, by variant ("" where there are none); None says that
    they share some and nobody has counted; what is not named shares none. `kinds_follow`: whether the
    question (or a field of the dataset) tells closed, yes/no and open apart, or somewhere only the gold
    answer does; then all three must be asked in the same words (`prompts.brief`).
    """

    name: str
    version: int
    title: str
    task: str
    modality: str
    source: str
    revision: str | None
    licence: str
    access: Access
    citation: str
    primary: str
    measures: tuple[Measure, ...]
    load: Loader
    prompt: Prompt
    scorer: Scorer
    cluster: str
    verified: Literal["real file", "reference only"]
    kinds: tuple[Kind, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    clusters: Mapping[str, int] = field(default_factory=dict)
    unverified: tuple[str, ...] = ()
    splits: tuple[str, ...] = ("test",)
    variants: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    detect: Callable[[Where], str] | None = None  # which variant lies in a folder
    overlap: Mapping[str, int | None] = field(default_factory=dict)
    kinds_follow: Literal["answer", "question"] = "answer"
    protocol: str = "strict"
    asked: str = "strict"
    may_leave: bool = True  # may its data be sent to a machine that is not the user's?
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a model wants to be addressed, by its own documentation. Applied before the key is made.

    `decoding` replaces fields of the prompt's decoding that were left at their defaults. `no_think` ends the
    last words of the user where thinking is switched off, for a model whose chat template has no switch.
    `closing` ends them always: the form of answering that the model was taught.
    `boxes` is the dialect in which it writes boxes whatever it is asked (`medassay.text.DIALECTS`), "" where
    it keeps to the prompt.
    """

    system: str | None = None
    images_first: bool = True
    no_think: str = ""
    closing: str = ""
    boxes: str = ""
    decoding: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A checkpoint and how it is loaded. Data, like a benchmark's card.

    `training_sets` are named as the catalogue names its benchmarks, where they are in it. `family` is the
    architecture: its tests run on tiny weights. `base` is the card of the model it was trained from, so that
    the two can be compared. `status` "card only": it cannot be loaded here; `reason` says why, and what to
    use instead. `unverified` names the fields that nobody has confirmed.
    """

    name: str
    title: str
    loader: str
    source: str
    revision: str | None
    parameters: str
    licence: str
    access: Access
    citation: str
    training_sets: tuple[str, ...]
    style: Style = field(default_factory=Style)
    options: Mapping[str, Any] = field(default_factory=dict)
    family: str = ""
    domain: Literal["general", "medical"] = "general"
    base: str = ""
    status: Literal["tested", "card only"] = "tested"
    reason: str = ""
    unverified: tuple[str, ...] = ()
    intended_use: str = ""
    notes: str = ""


class Model(Protocol):
    """Whatever answers: a VLM, a server, CLIP with prompts, a probe, a user's function."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """What makes this model this model: weights, adapter, processor, template, dtype, quantisation."""

    @property
    def fingerprint(self) -> str:
        """The hash of the identity: the first half of every key in the store."""

    @property
    def style(self) -> Style:
        """How it wants to be addressed."""

    @property
    def wants_pixels(self) -> bool:
        """Whether images should be decoded ahead (False: it takes bytes, or none)."""

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Yield (index, response) as each is done, every index once.

        The requests share their decoding. One bad item is a Response with an error, never an exception.
        """


class Encoder(Protocol):
    """Images and texts in one space."""

    def features(self, items: Sequence[Image] | Sequence[str], /, *, normalise: bool = True) -> FloatArray:
        """One row per item, float32, (n, d); of unit length when normalised."""

    def score(self, images: Sequence[Image], texts: Sequence[str], /) -> FloatArray:
        """Logits, (images, texts), with the model's own scale and bias."""
