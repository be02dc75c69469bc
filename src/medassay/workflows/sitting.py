"""One judge under one rubric: which answers it is given, and the folder that its verdicts go into."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from medassay import engine, gate, judges
from medassay.engine.judging import judge as ask
from medassay.errors import UsageError
from medassay.judges import Rubric
from medassay.judges.rubric import second
from medassay.judges.scoring import FAILED, REPLY
from medassay.rows import read_rows, write_rows
from medassay.store import Store
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Kind, Row, canonical
from medassay.workflows.folder import ROWS, RunFolder, read_manifest
from medassay.workflows.manifest import environment, judged_again, now
from medassay.workflows.named import Named
from medassay.workflows.resolve import find_benchmark
from medassay.workflows.results import Run, Tally, finish
from medassay.workflows.running import Watch, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A run whose answers are judged."""

    folder: Path
    manifest: Mapping[str, Any]
    benchmark: Benchmark  # the card as it stands, with the words in which was asked

    @property
    def name(self) -> str:
        """What the model was called."""
        return str(self.manifest["model"]["name"])

    @property
    def data(self) -> tuple[object, ...]:
        """What must be equal for two runs to hold the same questions."""
        held = self.manifest["protocol"]["benchmark"]
        return held["name"], held["variant"], held["split"], held["data_sha256"]

    def rows(self, kinds: Collection[Kind]) -> Iterator[Row]:
        """The rows of these kinds."""
        return (row for row in read_rows(self.folder / ROWS) if row.sample.kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is judged into one folder: the answers of a run, or of a pair of runs."""

    source: Source
    rows: Callable[[], Iterable[Row]]
    against: Source | None = None

    @property
    def name(self) -> str:
        """Whose answers they are."""
        return f"{self.source.name} against {self.against.name}" if self.against else self.source.name


def source_of(folder: Path) -> Source:
    """The run of a folder.

    Raises:
        DataError: it is no run folder.
        UsageError: its rows are a judge's verdicts.
    """
    manifest = read_manifest(folder)
    if "judge" in manifest:
        raise UsageError(f"{folder} holds a judge's verdicts: name the run whose answers were judged")
    card = find_benchmark(manifest["benchmark_word"])
    return Source(
        folder=folder,
        manifest=manifest,
        benchmark=replace(card, asked=manifest["protocol"].get("asked", card.asked)),
    )


def jobs_of(rubric: Rubric, sources: Sequence[Source], kinds: Collection[Kind]) -> Iterator[Job]:
    """What a rubric makes of runs: each for itself, or the first against each of the others.

    Raises:
        UsageError: a pair of one, or of runs that were asked other questions.
    """
    if not rubric.pairwise:
        for source in sources:
            yield Job(source=source, rows=partial(source.rows, kinds))
        return
    if len(sources) < 2:
        raise UsageError(f"the rubric {rubric.name} compares runs: name two or more")
    first, *others = sources
    for other in others:
        if first.data != other.data:
            raise UsageError(f"{first.folder} and {other.folder} do not hold answers to the same questions")
        yield Job(source=first, rows=partial(_pairs, first, other, kinds), against=other)


def _pairs(first: Source, other: Source, kinds: Collection[Kind]) -> Iterator[Row]:
    """The rows of the first run that the other has too, each with the other's answer beside it."""
    theirs = {row.sample.id: row.response for row in other.rows(kinds)}
    for row in first.rows(kinds):
        if row.sample.id in theirs:
            yield replace(row, response=second(row.response, theirs[row.sample.id]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A judge under a rubric, with all that was said about how it judges."""

    rubric: Rubric
    word: str
    named: Named
    only: tuple[str, ...]
    permit: tuple[str, ...]
    seed: int
    out: Path | None
    progress: Callable[[engine.Progress], None] | None

    def judge(self, job: Job, answers: Store, *, alone: bool) -> Run:
        """Judge the rows of a job into its folder."""
        source, model = job.source, self.named.model
        begun, benchmark = self._begun(job)
        folder = self._folder(job, begun["id"], alone=alone)
        with RunFolder(folder) as target:
            target.claim(begun)
            tally = Tally(names=gate.open_to(source.benchmark, "log", permitted=begun["permitted"]))
            watch, spent = Watch(self.progress), _Spent()
            try:
                rows = ask(job.rows(), model, answers, rubric=self.rubric, seed=self.seed, progress=watch)
                write_rows(folder / ROWS, tally.watch(spent.watch(rows)))
                spent.require_rows(source, self.rubric)
            except BaseException:
                target.write_manifest({**begun, "status": "interrupted"})
                raise
            done = {**begun, **tally.summary(len(spent.clusters)), **watch.summary()}
            done["judge"] = {**done["judge"], "usage": spent.usage}
            target.write_manifest(done)
            return finish(folder, benchmark, done)

    def _begun(self, job: Job) -> tuple[dict[str, Any], Benchmark]:
        """The manifest of what begins, and the benchmark under this judge."""
        source, model = job.source, self.named.model
        against = job.against.manifest["model"]["fingerprint"] if job.against else ""
        rules = judges.protocol_word(self.rubric, model.fingerprint, self.only, against)
        benchmark = judges.judged(source.benchmark, self.rubric, rules)
        judge = {
            "rubric": self.word,
            "version": self.rubric.version,
            "words_sha256": self.rubric.fingerprint,
            "name": self.named.name,
            "word": self.named.word,
            "fingerprint": model.fingerprint,
            "identity": canonical(dict(model.identity)),
            "only": list(self.only),
            "against": against,
            "environment": environment(now()),
        }
        permitted = sorted({*source.manifest.get("permitted", ()), *self.permit})
        begun = judged_again(source.manifest, benchmark)
        return {**begun, "status": "running", "permitted": permitted, "judge": judge}, benchmark

    def _folder(self, job: Job, identity: str, *, alone: bool) -> Path:
        """Where a job's run lies: beside what it judges, or where the user says."""
        if alone and self.out is not None:
            return self.out
        against = f"-against-{plain(job.against.name)}" if job.against else ""
        if self.out is not None:
            return self.out / f"{plain(job.source.name)}{against}-{identity[:8]}"
        name = f"{self.rubric.name}-{plain(self.named.name)}{against}-{identity[:8]}"
        return job.source.folder / "judged" / name


class _Spent:
    """Counts what a judge took as its rows pass, and their clusters."""

    def __init__(self) -> None:
        self.rows = 0
        self.clusters: set[str] = set()
        self.usage: dict[str, float] = {"input_tokens": 0, "output_tokens": 0}

    def require_rows(self, source: Source, rubric: Rubric) -> None:
        if not self.rows:
            there = source.manifest["protocol"]["benchmark"]["name"]
            raise UsageError(f"{source.folder}: {there} has no answers of the kinds that {rubric.name} takes")

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            known = row.sample.cluster != UNKNOWN_CLUSTER
            self.clusters.add(row.sample.cluster if known else row.sample.id)
            for step in row.response.trace:
                if step.role in {REPLY, FAILED}:
                    self.usage["input_tokens"] += step.usage.input_tokens
                    self.usage["output_tokens"] += step.usage.output_tokens
                    if step.usage.euros is not None:
                        self.usage["euros"] = self.usage.get("euros", 0.0) + step.usage.euros
            yield row
