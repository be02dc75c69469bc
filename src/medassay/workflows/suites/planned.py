"""What a suite would take on given devices: calls, tokens, hours and disk, from its file and the cards.

Nothing is loaded or asked. Hours are a roofline: reading a prompt is bound by arithmetic (2 operations for
each parameter and token), writing an answer by memory (each step reads the weights once for the whole batch).
Every figure that is neither counted nor on a card is an assumption, is printed, and can be set.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from medassay import registry
from medassay.errors import MedassayError, UsageError
from medassay.types import ModelCard
from medassay.workflows.manifest import plan
from medassay.workflows.planning import BYTES_PER_ROW, CHARACTERS_PER_TOKEN
from medassay.workflows.resolve import find_benchmark, needs_files
from medassay.workflows.suites.running import Place
from medassay.workflows.suites.standing import task_of
from medassay.workflows.suites.suite import LACKING, Cell, Contest

_UNITS = {"B": 1e9, "M": 1e6, "K": 1e3}
_BYTES = 2  # of a weight in bfloat16
_HOUR = 3600.0
_FOR_WEIGHTS = 0.8  # of a device's memory; the rest is for keys, values and what is computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What is assumed of the machine and of questions whose files are not here.

    Attributes:
        devices: GPUs.
        memory: of one device, in GB; a model is laid over as few (1, 2, 4, ...) as its weights take.
        teraflops: of one device in bfloat16, dense; 312 is an A100's (NVIDIA's data sheet).
        bandwidth: of its memory, in GB a second; 2039 is that of an A100 with 80 GB (the same).
        utilisation: the share of either that is reached.
        batch: answers that are written together.
        image_tokens: of one image; 576 are LLaVA-1.5's (24 x 24 patches).
        text_tokens: of a question whose file is not here.
        answer_tokens: of an answer.
        load: GB of weights read from disk in a second.
    """

    devices: int = 8
    memory: float = 80.0
    teraflops: float = 312.0
    bandwidth: float = 2039.0
    utilisation: float = 0.4
    batch: int = 16
    image_tokens: int = 576
    text_tokens: int = 80
    answer_tokens: int = 32
    load: float = 1.0

    def __post_init__(self) -> None:
        if bad := [name for name, value in asdict(self).items() if value <= 0]:
            raise UsageError(f"{', '.join(bad)} should be above 0")
        if self.utilisation > 1:
            raise UsageError("the utilisation is a share: at most 1")


def assumed_of(words: Sequence[str]) -> Assumed:
    """What `--assume devices=8` and the like say.

    Raises:
        UsageError: a name is not known, or a value is no number above 0.
    """
    known: dict[str, type[int] | type[float]] = {n: type(v) for n, v in asdict(Assumed()).items()}
    given: dict[str, Any] = {}
    for word in words:
        name, _, text = word.partition("=")
        if name not in known:
            raise UsageError(f"--assume {word}: there are {', '.join(known)}")
        try:
            given[name] = known[name](text)
        except ValueError as error:
            raise UsageError(f"--assume {word}: {text!r} should be a number") from error
    return Assumed(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a benchmark: samples, images and tokens of text; None where nobody states how many samples."""

    calls: int | None
    images: int = 0
    text_tokens: int = 0
    counted: bool = False  # the files are here and were walked through


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One cell. `hours` of one device; None where the card states no parameters, or a vendor answers.

    What does not fit into all devices has no hours either.
    """

    model: str
    benchmark: str
    setting: str
    calls: int | None
    tokens_in: int
    tokens_out: int
    hours: float | None
    disk_bytes: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A whole suite.

    Attributes:
        hours: until all is done, one model after the other with as many copies as the devices hold.
        hours_apart: the same with one copy of each model, as many models at once as there is room for.
        device_hours: of all devices that compute.
        layout: by model, how many devices hold one copy.
        weights: in bytes.
    """

    suite: str
    cells: Sequence[Foreseen]
    hours: float
    hours_apart: float
    device_hours: float
    layout: Mapping[str, int]
    weights: int
    assumed: Assumed

    @property
    def totals(self) -> dict[str, int]:
        """Calls, tokens and bytes of all cells that can be counted."""
        return {
            "calls": sum(cell.calls or 0 for cell in self.cells),
            "tokens_in": sum(cell.tokens_in for cell in self.cells),
            "tokens_out": sum(cell.tokens_out for cell in self.cells),
            "disk_bytes": sum(cell.disk_bytes for cell in self.cells),
        }

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {**asdict(self), "totals": self.totals}


def plan_suite(
    place: Place, assumed: Assumed, *, models: Sequence[str] = (), benchmarks: Sequence[str] = ()
) -> Planned:
    """Foresee every cell of a suite.

    Args:
        place: the suite, where its data lie, and how much of each benchmark is asked.
        assumed: of the machine.
        models: titles or words of models; all by default.
        benchmarks: the same of benchmarks.

    Raises:
        UsageError: a model or benchmark is not in the suite.
    """

    @cache
    def size(contest: Contest) -> Size:
        return _size(place, contest, assumed)

    cells = [_foreseen(cell, size(cell.benchmark), assumed) for cell in place.suite.cells(models, benchmarks)]
    weights = {cell.model: _weights(place, cell.model) for cell in cells if cell.hours is not None}
    layout = {name: _over(held, assumed) for name, held in weights.items()}
    loads = {name: held / 1e9 / assumed.load / _HOUR for name, held in weights.items()}
    busy = {name: sum(cell.hours or 0 for cell in cells if cell.model == name) for name in weights}
    return Planned(
        suite=place.suite.name,
        cells=cells,
        hours=sum(loads[m] + busy[m] / (assumed.devices // layout[m] * layout[m]) for m in weights),
        hours_apart=_longest([(layout[m], loads[m] + busy[m] / layout[m]) for m in weights], assumed.devices),
        device_hours=sum(loads[m] * layout[m] + busy[m] for m in weights),
        layout=layout,
        weights=sum(weights.values()),
        assumed=assumed,
    )


def _foreseen(cell: Cell, size: Size, assumed: Assumed) -> Foreseen:
    card = _card(cell.model.word)
    parameters = _parameters(card)
    calls = size.calls or 0
    tokens_in = size.text_tokens + size.images * assumed.image_tokens
    tokens_out = 0 if _encodes(card) else calls * assumed.answer_tokens
    served = card is not None and card.loader == "server"
    notes = []
    if size.calls is None:
        notes.append("nobody states how many samples")
    elif not size.counted:
        notes.append("samples as its card states them, one image each")
    if cell.setting in LACKING:
        notes.append(LACKING[cell.setting])
    fits = parameters is not None and _over(_BYTES * parameters, assumed) <= assumed.devices
    if parameters is not None and not fits:
        notes.append("its weights do not fit into all devices together")
    if parameters is None:
        notes.append("by address: its server sets the pace" if served else "its card states no parameters")
    return Foreseen(
        model=cell.model.title,
        benchmark=cell.benchmark.title,
        setting=cell.setting,
        calls=size.calls,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        hours=_hours(parameters, tokens_in, tokens_out, assumed) if parameters and fits else None,
        disk_bytes=calls * BYTES_PER_ROW,
        note="; ".join(notes),
    )


def _hours(parameters: float, tokens_in: int, tokens_out: int, assumed: Assumed) -> float:
    """Of one device: operations of the prompts, and bytes of the weights for every step of a batch."""
    reading = 2 * parameters * tokens_in / (assumed.teraflops * 1e12)
    writing = _BYTES * parameters * tokens_out / assumed.batch / (assumed.bandwidth * 1e9)
    return (reading + writing) / assumed.utilisation / _HOUR


def _over(weights: float, assumed: Assumed) -> int:
    """Devices that hold one copy: a power of two, as heads of attention are divided among them."""
    needed = weights / (_FOR_WEIGHTS * assumed.memory * 1e9)
    return 1 << max(0, math.ceil(math.log2(needed))) if needed > 0 else 1


def _longest(jobs: Iterable[tuple[int, float]], devices: int) -> float:
    """The time of the last device; jobs (devices, hours) longest first, each to those that are free first."""
    held = [0.0] * devices
    for width, hours in sorted(jobs, key=lambda job: job[1], reverse=True):
        held.sort()
        held[:width] = [held[width - 1] + hours] * width  # they begin together
    return max(held)


def _size(place: Place, contest: Contest, assumed: Assumed) -> Size:
    """Counted where the files are here, else as its card states them."""
    limit = place.limit_of(contest)
    try:
        task = task_of(contest, place.data_root, fetch=False)
        if task.where.root is not None or not needs_files(task.benchmark):
            held = plan(task.without_pictures(), limit=limit, seed=0)
            tokens = held.characters // CHARACTERS_PER_TOKEN
            return Size(calls=held.n, images=held.n_images, text_tokens=tokens, counted=True)
    except MedassayError:
        pass  # its files are elsewhere, or of another form than it reads: what the card states is left
    benchmark = find_benchmark(registry.parse(contest.word).name)
    variant, split = registry.parse(contest.word).variant, contest.split or benchmark.splits[0]
    names = [f"{variant}/{split}", split, *(f"{name}/{split}" for name in benchmark.variants)]
    stated = next((benchmark.counts[name] for name in names if name in benchmark.counts), None)
    if stated is None:
        return Size(calls=None)
    calls = min(stated, limit or stated)
    return Size(calls=calls, images=calls, text_tokens=calls * assumed.text_tokens)


def _card(word: str) -> ModelCard | None:
    name = registry.parse(word).name
    return registry.find("model", name) if name in registry.names("model") else None


def _encodes(card: ModelCard | None) -> bool:
    """Whether it answers by vectors and writes no token."""
    return card is not None and card.loader == "contrastive"


def _parameters(card: ModelCard | None) -> float | None:
    """What its card states ("7 B"), as a number."""
    found = re.fullmatch(r"([\d.]+) ([BMK])", card.parameters) if card else None
    return float(found[1]) * _UNITS[found[2]] if found else None


def _weights(place: Place, title: str) -> int:
    parameters = _parameters(_card(place.suite.models[title].word))
    return int(_BYTES * (parameters or 0))
