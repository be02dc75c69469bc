"""Ask a judge about the stored answers of runs, and say what its verdicts are worth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from medassay import engine, gate, judges, registry
from medassay.engine.judging import judge as ask
from medassay.errors import UsageError
from medassay.judges import Rubric
from medassay.judges.kinship import kinship
from medassay.judges.rubric import second
from medassay.judges.scoring import FAILED, REPLY
from medassay.reporting.verdicts import Panel
from medassay.rows import read_rows, write_rows
from medassay.store import Store
from medassay.types import KINDS, UNKNOWN_CLUSTER, Benchmark, Kind, Model, Row, canonical
from medassay.workflows.folder import ROWS, RunFolder, read_manifest
from medassay.workflows.labelling import Labels, read_labels
from medassay.workflows.manifest import environment, judged_again, now
from medassay.workflows.panels import panel_of
from medassay.workflows.resolve import ModelLike, Named, find_benchmark, resolve_model
from medassay.workflows.results import Run, Tally, finish
from medassay.workflows.running import Watch, plain, store_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """The judged runs, each in a folder of its own, and what the judge is worth on them."""

    runs: Sequence[Run]
    panel: Panel

    @property
    def complete(self) -> bool:
        """Whether the judge has answered all that it was asked."""
        return all(run.complete for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A run whose answers are judged."""

    folder: Path
    manifest: Mapping[str, Any]
    benchmark: Benchmark  # the card as it stands, with the words in which was asked

    @property
    def name(self) -> str:
        return str(self.manifest["model"]["name"])

    @property
    def data(self) -> tuple[object, ...]:
        """What must be equal for two runs to hold the same questions."""
        held = self.manifest["protocol"]["benchmark"]
        return held["name"], held["variant"], held["split"], held["data_sha256"]

    def rows(self, kinds: Collection[Kind]) -> Iterator[Row]:
        return (row for row in read_rows(self.folder / ROWS) if row.sample.kind in kinds)


def judge(  # noqa: PLR0913  what a judge needs, named once
    runs: Sequence[str | Path],
    *,
    judge: ModelLike,
    rubric: str = "semantic",
    labels: str | Path | None = None,
    only: Collection[str] = (),
    out: str | Path | None = None,
    store: str | Path | None = None,
    permit: Collection[str] = (),
    budget: float | None = None,
    seed: int = 0,
    progress: Callable[[engine.Progress], None] | None = None,
) -> Judging:
    """Have a model judge the stored answers of runs under a rubric.

    Replies are kept in the response store under the judge's fingerprint: the same item is never judged
    twice, whichever run it comes from, and a killed judging goes on where it was. The run's own rows stay as
    they are; the judged ones go into `RUN/judged/<rubric>-<judge>/`, a run folder of its own.

    Args:
        runs: run folders. Of a pairwise rubric the first is compared with each of the others.
        judge: whatever `run` takes as a model.
        rubric: a name of `medassay.judges.RUBRICS`, or `module:attribute`.
        labels: a CSV file of people's labels (see `labelling.read_labels`), for the correction.
        only: the kinds of samples to judge, empty for all that the rubric takes.
        out: the folder of the judged run; of several, the folder that holds theirs.
        store: as in `run`.
        permit: hosts that data which must not leave may be sent to for judging; it is recorded.
        budget: euros that a served judge may cost.
        seed: for a judge that draws.
        progress: is called with the state every so often.

    Raises:
        UsageError: an unknown rubric or kind, nothing to judge, or labels that the rubric has no use for.
        NotPermitted: the data must not leave, and the judge is elsewhere.
        DataError: a folder is no run, or the labels are malformed.
    """
    held: Rubric = registry.find("rubric", rubric)
    kinds = _kinds(held, only)
    sources = [_source(Path(folder)) for folder in runs]
    if labels is not None and not held.decides:
        raise UsageError(f"the rubric {held.name} says neither right nor wrong: labels cannot correct it")
    people = read_labels(Path(labels)) if labels is not None else None
    named = resolve_model(judge, budget=budget)
    for source in sources:
        _require(source, named.model, permit)
    jobs = list(_jobs(held, sources, kinds))
    with Store(store_path(store)) as answers:
        done = [
            _judged(
                job,
                held,
                named,
                answers,
                word=rubric,
                only=sorted(only),
                folder=_folder(job, held, named, Path(out) if out is not None else None, len(jobs)),
                permit=permit,
                seed=seed,
                progress=progress,
            )
            for job in jobs
        ]
    return Judging(runs=done, panel=_panel(done, jobs, held, named, people))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What is judged into one folder: the answers of a run, or of a pair of runs."""

    source: _Source
    rows: Callable[[], Iterable[Row]]
    against: _Source | None = None

    @property
    def name(self) -> str:
        return f"{self.source.name} against {self.against.name}" if self.against else self.source.name


def _kinds(rubric: Rubric, only: Collection[str]) -> frozenset[Kind]:
    if unknown := sorted(set(only) - set(KINDS)):
        raise UsageError(f"no kind is called {unknown[0]!r}: there are {', '.join(KINDS)}")
    kinds = frozenset(kind for kind in rubric.kinds if not only or kind in only)
    if not kinds:
        raise UsageError(f"the rubric {rubric.name} judges {', '.join(sorted(rubric.kinds))} only")
    return kinds


def _source(folder: Path) -> _Source:
    manifest = read_manifest(folder)
    if "judge" in manifest:
        raise UsageError(f"{folder} holds a judge's verdicts: name the run whose answers were judged")
    card = find_benchmark(manifest["benchmark_word"])
    return _Source(
        folder=folder,
        manifest=manifest,
        benchmark=replace(card, asked=manifest["protocol"].get("asked", card.asked)),
    )


def _require(source: _Source, model: Model, permit: Collection[str]) -> None:
    permitted = {*source.manifest.get("permitted", ()), *permit}
    for address in filter(None, (gate.destination(model), *gate.nodes(model))):
        gate.require(source.benchmark, "judge", address=address, permitted=permitted)


def _jobs(rubric: Rubric, sources: Sequence[_Source], kinds: Collection[Kind]) -> Iterator[_Job]:
    if not rubric.pairwise:
        for source in sources:
            yield _Job(source=source, rows=partial(source.rows, kinds))
        return
    if len(sources) < 2:
        raise UsageError(f"the rubric {rubric.name} compares runs: name two or more")
    first, *others = sources
    for other in others:
        if first.data != other.data:
            raise UsageError(f"{first.folder} and {other.folder} do not hold answers to the same questions")
        yield _Job(source=first, rows=partial(_pairs, first, other, kinds), against=other)


def _pairs(first: _Source, other: _Source, kinds: Collection[Kind]) -> Iterator[Row]:
    """The rows of the first run that the other has too, each with the other's answer beside it."""
    theirs = {row.sample.id: row.response for row in other.rows(kinds)}
    for row in first.rows(kinds):
        if row.sample.id in theirs:
            yield replace(row, response=second(row.response, theirs[row.sample.id]))


def _folder(job: _Job, rubric: Rubric, named: Named, out: Path | None, jobs: int) -> Path:
    against = f"-against-{plain(job.against.name)}" if job.against else ""
    if out is None:
        return job.source.folder / "judged" / f"{rubric.name}-{plain(named.name)}{against}"
    if jobs == 1:
        return out
    return out / f"{plain(job.source.name)}{against}-{job.source.manifest['id'][:8]}"


def _judged(  # noqa: PLR0913
    job: _Job,
    rubric: Rubric,
    named: Named,
    answers: Store,
    *,
    word: str,
    only: Sequence[str],
    folder: Path,
    permit: Collection[str],
    seed: int,
    progress: Callable[[engine.Progress], None] | None,
) -> Run:
    """Judge the rows of a job into its folder."""
    source, model = job.source, named.model
    against = job.against.manifest["model"]["fingerprint"] if job.against else ""
    rules = judges.protocol_word(rubric, model.fingerprint, only, against)
    benchmark = judges.judged(source.benchmark, rubric, rules)
    permitted = sorted({*source.manifest.get("permitted", ()), *permit})
    begun = {
        **judged_again(source.manifest, benchmark),
        "status": "running",
        "permitted": permitted,
        "judge": {
            "rubric": word,
            "version": rubric.version,
            "words_sha256": rubric.fingerprint,
            "name": named.name,
            "word": named.word,
            "fingerprint": model.fingerprint,
            "identity": canonical(dict(model.identity)),
            "only": list(only),
            "against": against,
            "environment": environment(now()),
        },
    }
    with RunFolder(folder) as target:
        target.claim(begun)
        tally = Tally(names=gate.open_to(source.benchmark, "log", permitted=permitted))
        watch, spent = Watch(progress), _Spent()
        try:
            rows = ask(job.rows(), model, answers, rubric=rubric, seed=seed, progress=watch)
            write_rows(folder / ROWS, tally.watch(spent.watch(rows)))
        except BaseException:
            target.write_manifest({**begun, "status": "interrupted"})
            raise
        if not spent.rows:
            there = source.manifest["protocol"]["benchmark"]["name"]
            raise UsageError(f"{source.folder}: {there} has no answers of the kinds that {rubric.name} takes")
        done = {**begun, **tally.summary(len(spent.clusters)), **watch.summary()}
        done["judge"] = {**done["judge"], "usage": spent.usage}
        target.write_manifest(done)
        return finish(folder, benchmark, done)


class _Spent:
    """Counts what a judge took as its rows pass, and their clusters."""

    def __init__(self) -> None:
        self.rows = 0
        self.clusters: set[str] = set()
        self.usage: dict[str, float] = {"input_tokens": 0, "output_tokens": 0}

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


def _panel(
    runs: Sequence[Run], jobs: Sequence[_Job], rubric: Rubric, named: Named, people: Labels | None
) -> Panel:
    def kin(job: _Job) -> str:
        models = [source.manifest["model"] for source in (job.source, job.against) if source is not None]
        said = (kinship(named.card, named.model.fingerprint, model) for model in models)
        return "; ".join(dict.fromkeys(filter(None, said)))

    return panel_of(
        list(zip((job.name for job in jobs), runs, (kin(job) for job in jobs), strict=True)),
        rubric=rubric,
        judge=named.name,
        rules=jobs[0].source.benchmark.scorer,
        people=people,
    )
