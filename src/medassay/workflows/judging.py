"""Ask a judge about the stored answers of runs, and say what its verdicts are worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from medassay import engine, gate, registry
from medassay.errors import UsageError
from medassay.judges import Rubric
from medassay.judges.kinship import kinship
from medassay.reporting.files import write_text
from medassay.reporting.verdicts import Panel
from medassay.store import Store
from medassay.types import KINDS, Kind, Model
from medassay.workflows.labelling import Labels, read_labels
from medassay.workflows.named import ModelLike, absolute, resolve_model
from medassay.workflows.panels import Heard, panel_of
from medassay.workflows.results import Run
from medassay.workflows.running import store_path
from medassay.workflows.sitting import Job, Sitting, Source, jobs_of, source_of

PANEL = "judge.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """The judged runs, each in a folder of its own, and what the judge is worth on them."""

    runs: Sequence[Run]
    panel: Panel

    @property
    def complete(self) -> bool:
        """Whether the judge has answered all that it was asked."""
        return all(run.complete for run in self.runs)


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
    they are; the judged ones go into `RUN/judged/<rubric>-<judge>-<id8>/`, a run folder of its own.

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
    rubric = absolute(rubric)
    held = registry.find("rubric", rubric)
    if not isinstance(held, Rubric):
        raise UsageError(f"{rubric} holds a {type(held).__name__}, not a Rubric")
    kinds = _kinds(held, only)
    sources = [source_of(Path(folder)) for folder in runs]
    if labels is not None and not held.decides:
        raise UsageError(f"the rubric {held.name} says neither right nor wrong: labels cannot correct it")
    people = read_labels(Path(labels)) if labels is not None else None
    sitting = Sitting(
        rubric=held,
        word=rubric,
        named=resolve_model(judge, budget=budget),
        only=tuple(sorted(set(only))),
        permit=tuple(permit),
        seed=seed,
        out=Path(out) if out is not None else None,
        progress=progress,
    )
    for source in sources:
        _require(source, sitting.named.model, permit)
    jobs = list(jobs_of(held, sources, kinds))
    with Store(store_path(store)) as answers:
        done = [sitting.judge(job, answers, alone=len(jobs) == 1) for job in jobs]
    panel = _panel(done, jobs, sitting, people)
    for run in done:
        if run.path is not None:
            write_text(run.path / PANEL, json.dumps(panel.to_json(), indent=2, ensure_ascii=False) + "\n")
    return Judging(runs=done, panel=panel)


def _kinds(rubric: Rubric, only: Collection[str]) -> frozenset[Kind]:
    if unknown := sorted(set(only) - set(KINDS)):
        raise UsageError(f"no kind is called {unknown[0]!r}: there are {', '.join(KINDS)}")
    kinds = frozenset(kind for kind in rubric.kinds if not only or kind in only)
    if not kinds:
        raise UsageError(f"the rubric {rubric.name} judges {', '.join(sorted(rubric.kinds))} only")
    return kinds


def _require(source: Source, model: Model, permit: Collection[str]) -> None:
    permitted = {*source.manifest.get("permitted", ()), *permit}
    for address in filter(None, (gate.destination(model), *gate.nodes(model))):
        gate.require(source.benchmark, "judge", address=address, permitted=permitted)


def _panel(runs: Sequence[Run], jobs: Sequence[Job], sitting: Sitting, people: Labels | None) -> Panel:
    named = sitting.named

    def kin(job: Job) -> str:
        models = [source.manifest["model"] for source in (job.source, job.against) if source is not None]
        said = (kinship(named.card, named.model.fingerprint, model) for model in models)
        return "; ".join(dict.fromkeys(filter(None, said)))

    heard = [
        Heard(name=job.name, run=run, kin=kin(job), rules=job.source.benchmark.scorer)
        for job, run in zip(jobs, runs, strict=True)
    ]
    return panel_of(heard, rubric=sitting.rubric, judge=named.name, people=people)
