"""The same answers under several protocols, without asking the model again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medassay import protocols, registry
from medassay.gate import open_to
from medassay.metrics import METRICS
from medassay.protocols import STRICT, Chosen, NotCovered, Rules
from medassay.reporting.rulings import Ruled, Ruling
from medassay.rows import read_rows, write_rows
from medassay.statistics import estimate_all
from medassay.statistics.frame import Wanted
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Measure, Metric, Response, Row, Sample, Score
from medassay.workflows.dialect import heard
from medassay.workflows.folder import ROWS, RunFolder, read_manifest
from medassay.workflows.manifest import judged_again
from medassay.workflows.resolve import find_benchmark
from medassay.workflows.results import Run, Tally, estimate_benchmark, finish

ALL = "all"
Pairs = Iterable[tuple[Sample, Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers beside their samples, as often as they are wanted. `benchmark` is the card as it stands."""

    name: str
    benchmark: Benchmark
    title: str
    asked: str
    pairs: Callable[[], Pairs]


def stored(folder: Path) -> Answers:
    """The answers of a run, from its rows: neither the dataset nor the model is needed.

    Raises:
        DataError: it is no run folder, or its rows are damaged.
    """
    manifest = read_manifest(folder)
    policy = manifest["protocol"]
    style = manifest["model"]["style"]
    benchmark = heard(find_benchmark(manifest["benchmark_word"]), style.get("boxes", ""))
    variant = policy["benchmark"].get("variant")
    return Answers(
        name=str(manifest["model"]["name"]),
        benchmark=benchmark,
        title=benchmark.title + (f" ({variant})" if variant else ""),
        asked=policy.get("asked", STRICT),
        pairs=lambda: ((row.sample, row.response) for row in read_rows(folder / ROWS)),
    )


def score_run(
    folder: Path, *, protocol: str = STRICT, out: Path | None = None, permit: Collection[str] = ()
) -> Run:
    """Judge the stored answers of a run under a protocol; nothing is written without `out`.

    Raises:
        DataError: it is no run folder, or its rows are damaged.
        UsageError: the protocol has no rules for the benchmark, or counts none of its rows.
    """
    held, answers = read_manifest(folder), stored(folder)
    chosen = protocols.choose(protocol)
    benchmark = replace(chosen.on(answers.benchmark, asking=False), asked=answers.asked)
    tally = Tally(names=open_to(benchmark, "log", permitted=permit))
    clusters = set[str]()

    def rows() -> Iterator[Row]:
        for row in tally.watch(_rows(answers, chosen.rules(answers.benchmark))):
            clusters.add(row.sample.cluster if row.sample.cluster != UNKNOWN_CLUSTER else row.sample.id)
            yield row

    def done() -> dict[str, Any]:
        begun = judged_again(held, benchmark) | {"permitted": sorted({*held.get("permitted", ()), *permit})}
        return begun | tally.summary(len(clusters))

    if out is None:
        estimates = estimate_benchmark(benchmark, rows())
        return Run(path=None, benchmark=benchmark, manifest=done(), estimates=estimates)
    with RunFolder(out) as target:
        target.claim(judged_again(held, benchmark))
        write_rows(out / ROWS, rows())
        target.write_manifest(done())
        return finish(out, benchmark, done())


def words_of(text: str) -> list[str]:
    """The protocols that a word of the command line names: "all", or names with commas between.

    "all" is every protocol there is, ours first, and each that has bugs once more with all of them on.

    Raises:
        UsageError: a protocol or a bug that is not known.
    """
    if text.strip() == ALL:
        names = [STRICT, *(name for name in registry.names("protocol") if name != STRICT)]
        held = {name: protocols.choose(name) for name in names}
        return [
            word for name in names for word in (name, *([f"{name}+bugs"] if held[name].protocol.bugs else []))
        ]
    return [protocols.choose(word).word for word in text.split(",")]


def rule(answers: Answers, words: Sequence[str]) -> Ruling:
    """Judge the answers under each protocol, and say what changes against our own rules.

    A protocol without rules for the benchmark has a line with the reason. Rows whose request failed count
    nowhere. Intervals are over clusters whatever the protocol publishes: its own had none, or wrong ones.
    """
    ours = _Ours(answers)
    lines = [_ruled(answers, protocols.choose(word), ours) for word in dict.fromkeys([STRICT, *words])]
    return Ruling(name=answers.name, benchmark=answers.title, asked=answers.asked, lines=_folded(lines))


def _folded(lines: Iterable[Ruled]) -> tuple[Ruled, ...]:
    """The lines, those of one harness that make the same of the answers as one."""
    kept: dict[tuple[object, ...], Ruled] = {}
    for line in lines:
        harness = line.protocol.partition("+")[0].partition("-")[0]
        estimate = line.estimate
        made = (estimate.metric, estimate.value, estimate.n) if estimate else (line.reason,)
        key = (harness, *map(str, made))
        held = kept.get(key)
        kept[key] = replace(held, alike=(*held.alike, line.protocol)) if held else line
    return tuple(kept.values())


class _Ours:
    """What our own rules make of each row: its value and its status, by the sample's id."""

    def __init__(self, answers: Answers) -> None:
        self.key = answers.benchmark.primary
        self.held: dict[str, tuple[float, str]] = {}
        for sample, response in answers.pairs():
            found = _score(answers.benchmark.scorer, sample, response)
            if found.status != "failed":
                self.held[sample.id] = (found.values.get(self.key, 0.0), found.status)


@dataclass(slots=True)
class _Difference:
    """Gathers, row by row, where a protocol and our rules part."""

    ours: _Ours
    takes: Callable[[Row], bool]
    total: float = 0.0
    n: int = 0
    unread: int = 0
    comparable: bool = True
    credited: Counter[str] = field(default_factory=Counter)
    denied: int = 0

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            known = row.sample.id in self.ours.held and row.score.status != "failed"
            if known and self.takes(row):
                self._add(row.score, *self.ours.held[row.sample.id])
            yield row

    def _add(self, theirs: Score, value: float, status: str) -> None:
        self.total, self.n = self.total + value, self.n + 1
        self.unread += theirs.answer is None
        given = theirs.values.get(self.ours.key, 0.0)
        if {given, value} - {0.0, 1.0} or (theirs.status == "scored" and self.ours.key not in theirs.values):
            self.comparable = False
        if given > value:
            self.credited[status] += 1
        self.denied += given < value


def _ruled(answers: Answers, chosen: Chosen, ours: _Ours) -> Ruled:
    try:
        rules = chosen.rules(answers.benchmark)
    except NotCovered as error:
        return Ruled(protocol=chosen.word, reason=error.reason)
    headline = replace(rules.measures[0], by=())
    difference = _Difference(ours, takes=Wanted(metric=_metric(headline), wheres=(headline.where,)).takes)
    estimates = estimate_all(
        difference.watch(_rows(answers, rules)), [headline], METRICS, seed=_seed(answers.benchmark)
    )
    if not estimates:
        return Ruled(
            protocol=chosen.word, reason=f"it counts {rules.subset or 'none of these kinds'}: no such row"
        )
    told = difference.comparable
    return Ruled(
        protocol=chosen.word,
        estimate=estimates[0],
        subset=rules.subset,
        note=rules.note,
        strict=difference.total / difference.n if difference.n else None,
        unread=difference.unread,
        foreign=chosen.protocol.reads_its_own and answers.asked != chosen.protocol.name,
        credited=difference.credited if told else None,
        denied=difference.denied if told else None,
    )


def _metric(measure: Measure) -> Metric:
    return measure.metric if isinstance(measure.metric, Metric) else METRICS[measure.metric]


def _rows(answers: Answers, rules: Rules) -> Iterator[Row]:
    for sample, response in answers.pairs():
        if rules.takes is None or rules.takes(sample):
            yield Row(sample=sample, response=response, score=_score(rules.scorer, sample, response))


def _score(scorer: Callable[[Sample, Response], Score], sample: Sample, response: Response) -> Score:
    """The score; a rule that raises on a text leaves a failed row, as it does in a run."""
    try:
        return scorer(sample, response)
    except Exception as error:  # noqa: BLE001  a published rule may raise; the row says so
        return Score(status="failed", flags=(f"scorer: {type(error).__name__}: {error}",))


def _seed(benchmark: Benchmark) -> str:
    return f"{benchmark.name} {benchmark.version}"
