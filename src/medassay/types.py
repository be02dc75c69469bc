"""The values that flow through an evaluation, and the roles that act on them.

    Benchmark.load -> Sample --Prompt--> Request --Model--> Response --Scorer--> Score
        => Row --Metric, by slice--> Estimate

Nothing here imports the rest of the package; only the standard library and numpy. Values are frozen:
a stage takes one and returns another.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
Columns = Mapping[str, NDArray[Any]]
"""Arrays with one entry per row along the first axis."""

Kind = Literal[
    "choice", "multi-choice", "closed", "yes/no", "open", "label", "multilabel", "report", "box", "number"
]
Status = Literal["scored", "unparsed", "refused", "failed"]
Access = Literal["open", "registration", "credentialed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATUSES: tuple[Status, ...] = get_args(Status)
UNKNOWN_CLUSTER = "unknown"


def canonical(value: Any) -> Any:
    """The same value in the one form that is hashed: 0 and 0.0 are one number, tuples are lists.

    Raises:
        ValueError: a NaN or infinity, which has no canonical form.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} cannot be part of a key")
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {str(k): canonical(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [canonical(v) for v in value]
    return value


def fingerprint(value: Any) -> str:
    """SHA-256 (64 hex digits) of the canonical JSON of `value`."""
    text = json.dumps(canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One seeded perturbation, applied when an image is opened."""

    name: str
    seed: int = 0
    parameters: tuple[tuple[str, float | str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A handle, never pixels: where an image lies and what its content is.

    `uri` is read by an opener of `medassay.images` and never part of a key; `digest` ("sha256:" and
    64 hex digits) is of the original bytes, or of an array's bytes, dtype and shape.
    """

    uri: str
    digest: str | None = None
    ops: tuple[Op, ...] = ()

    def content(self) -> dict[str, Any]:
        """What the image contributes to a key.

        Raises:
            ValueError: the digest has not been resolved, so the content is not known.
        """
        if self.digest is None:
            raise ValueError(f"the content of {self.uri} is not known yet: resolve the image before its key")
        ops = [[op.name, op.seed, list(op.parameters)] for op in self.ops]
        return {"image": self.digest, "ops": ops} if ops else {"image": self.digest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An option: how it is called, and the sentences that describe it to an encoder (its prompt ensemble)."""

    label: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-aligned box in pixels of the original image, origin at the upper left, x1 and y1 exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is right. Which field counts follows from the kind of the sample.

    `texts`: the accepted answers, any of which is right (choice: the letter; label: the label); for
    multi-choice and multilabel all of them together. `boxes`: for box. `number` in `unit`: for number.
    """

    texts: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    number: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All of a sample that a prompt or a solver may see."""

    id: str
    kind: Kind
    question: str
    images: tuple[Image, ...] = ()
    choices: tuple[Choice, ...] = ()
    cluster: str = UNKNOWN_CLUSTER  # patient, else study, else image: the unit that is resampled
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Case):
    """One row of a benchmark as its authors meant it. `group` ties samples that are scored together."""

    target: Target
    group: str | None = None

    @property
    def case(self) -> Case:
        """The sample without what is right about it."""
        return Case(**{f.name: getattr(self, f.name) for f in fields(Case)})


Part = str | Image
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one side says: text and images in order."""

    role: Role
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How an answer is drawn. `schema` is JSON Schema text; `thinking` None leaves the model its default."""

    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()
    repetition_penalty: float = 1.0
    schema: str | None = None
    thinking: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model. Two equal requests to one model have one answer.

    Repeats and votes differ by `replicate`. `seed` feeds a generator of the request's own, so that a
    sampled answer does not depend on its neighbours in a batch.
    """

    messages: tuple[Message, ...]
    choices: tuple[Choice, ...] = ()
    decoding: Decoding = field(default_factory=Decoding)
    seed: int = 0
    replicate: int = 0

    @property
    def images(self) -> tuple[Image, ...]:
        """The images of all messages, in order."""
        return tuple(p for m in self.messages for p in m.parts if isinstance(p, Image))

    @property
    def text(self) -> str:
        """The text of all messages, one part a line."""
        return "\n".join(p for m in self.messages for p in m.parts if isinstance(p, str))

    @property
    def key(self) -> str:
        """The hash of the content: the name of the answer in the store.

        Raises:
            ValueError: an image has no digest yet.
        """
        messages = [
            [m.role, [p if isinstance(p, str) else p.content() for p in m.parts]] for m in self.messages
        ]
        return fingerprint(
            {
                "messages": messages,
                "choices": [[c.label, list(c.texts)] for c in self.choices],
                "decoding": asdict(self.decoding),
                "seed": self.seed,
                "replicate": self.replicate,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an answer cost: tokens in and out (images included in the input), and money where it is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    euros: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One exchange of a solver that asks more than once: who was asked, by which request, and the reply."""

    role: str
    request_key: str
    text: str
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back.

    Refusals, empty and truncated texts are answers and are kept. `error` says that there is none: time-out,
    transport, decoding of an image, out of memory. It is "kind: message" and is never stored.
    `probs` are over `Request.choices`, in their order. `seconds` is the wall time of the answer.
    """

    text: str = ""
    thinking: str = ""
    probs: tuple[float, ...] | None = None
    error: str | None = None
    finish_reason: str = "stop"
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    served_model: str = ""
    trace: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The judgement of one response.

    `answer` is what was read, `rule` the id of the rule that read it, `span` where in the text.
    `values` are per-sample metric values; empty unless `status` is "scored". `flags` stand beside the
    status ("truncated").
    """

    status: Status
    answer: str | None = None
    rule: str = ""
    span: tuple[int, int] | None = None
    flags: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sample with all that happened to it."""

    sample: Sample
    response: Response
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number of a report, with what is needed to doubt it.

    `low` and `high` bound the 95 % interval over clusters, None where no honest one exists (`note` says
    why). `counts` are rows by status, and "truncated". While rows have failed, `worst` and `best` are the
    value if every failed row were wrong, or right; else None. `chance` and `majority` are None where they
    have no meaning.
    """

    metric: str
    slice: str
    value: float
    se: float | None
    low: float | None
    high: float | None
    method: str
    n: int
    n_clusters: int
    counts: Mapping[str, int]
    chance: float | None = None
    majority: float | None = None
    worst: float | None = None
    best: float | None = None
    note: str = ""

    @property
    def unscored(self) -> int:
        """Rows without a judgement: unparsed, refused and failed."""
        return self.n - self.counts.get("scored", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """All rows of a slice in, one number out, for many weightings of the rows at once.

    `columns` turns rows into arrays (called on batches of rows and concatenated). `sums` gives the (n, k)
    per-row terms of a metric that is a function of sums (a mean, accuracy, macro F1, corpus BLEU) and
    `finish` maps (B, k) weighted sums to (B,) values; a metric that is not (AUROC) gives `compute`, which
    maps columns and (B, n) weights to (B,) values. Exactly one of the two ways is set. NaN marks a
    weighting under which the metric is undefined.
    """

    name: str
    kinds: frozenset[Kind]  # the rows it applies to; others are left out of its n
    columns: Callable[[Sequence[Row]], Columns]
    sums: Callable[[Columns], FloatArray] | None = None
    finish: Callable[[FloatArray], FloatArray] | None = None
    compute: Callable[[Columns, FloatArray], FloatArray] | None = None
    interval: Literal["proportion", "bootstrap", "auroc"] = "bootstrap"
    low: float = 0.0
    high: float = 1.0
    higher_is_better: bool = True
    definition: str = ""  # one line: what it is and where it is defined


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric of a benchmark on the rows whose tags equal `where`, overall and by each tag of `by`.

    The tags "kind" and "status" exist on every row.
    """

    metric: str | Metric  # a name of the registry, or a metric of the benchmark's own
    where: Mapping[str, str] = field(default_factory=dict)
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a benchmark's files lie and which of them are wanted. `variant` None: the first that is there."""

    root: Path | None = None
    split: str = "test"
    variant: str | None = None


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
    `verified` says whether the loader has met the real file or only its description. `counts` are the
    samples per split ("variant/split" where variants differ). `cluster` names the unit that is resampled.
    `overlap`: how many clusters test and train share, by variant ("" where there are none); None says that
    they share some and nobody has counted; what is not named shares none.
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
    verified: Literal["real file", "description"]
    counts: Mapping[str, int] = field(default_factory=dict)
    splits: tuple[str, ...] = ("test",)
    variants: tuple[str, ...] = ()
    overlap: Mapping[str, int | None] = field(default_factory=dict)
    may_leave: bool = True  # may its data be sent to a machine that is not the user's?
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a model wants to be addressed, by its own documentation. Applied before the key is made.

    `decoding` replaces fields of the prompt's decoding that were left at their defaults.
    """

    system: str | None = None
    images_first: bool = True
    decoding: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A checkpoint and how it is loaded. Data, like a benchmark's card."""

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
