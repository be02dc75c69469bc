"""Asking in several wordings: which rows choose between them, and what that makes of the protocol."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

from medassay.errors import DataError, UsageError
from medassay.prompts import worded
from medassay.rows import write_rows
from medassay.statistics.clusters import FEW_CLUSTERS
from medassay.types import Model, Prompt, Row, Sample, Where, canonical, fingerprint
from medassay.wordings import Wording, first, words_sha256
from medassay.workflows.locked import refuse_locked_samples
from medassay.workflows.manifest import Plan, Selection, cluster_of, hashed, plan, select
from medassay.workflows.preparing import read_images
from medassay.workflows.resolve import Task

_log = logging.getLogger(__name__)
SHARE = 0.2
"""Of the clusters, held out where the benchmark has no split that can choose."""

WORDINGS = "wordings"
"""Of a run's folder, the part with the rows that choose."""

MOST = 500
"""Rows that choose, at most: as many as Jeong et al. (arXiv 2411.08870) choose on."""

_CHOOSING = ("validation", "val", "dev", "train")
_WITHOUT_WORDS = frozenset({"contrastive"})
"""Loaders of models that rank options by themselves and never read a prompt."""

Ask = Callable[[Selection, Prompt], Iterable[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows that choose, and those that are left for the test.

    `how` says in words which rows choose; `passed_over` why a split of the benchmark does not.
    """

    choosing: Task
    test: Task
    how: str
    passed_over: tuple[str, ...]
    held: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Wordings that are all asked of the rows that choose; `part` None: there is nothing to choose."""

    wordings: tuple[Wording, ...]
    test: Task
    part: Part | None
    seed: int

    def policy(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The protocol with the choice as its prompt: the same whichever wording a model is asked in."""
        if self.part is None:
            return dict(body)
        held = self.part.held
        changed = {
            **{name: value for name, value in body.items() if name != "id"},
            "prompt": f"own words of each model, chosen of {len(self.wordings)} on validation",
            "prompts": {
                "words_of": body["prompt"],
                "words_sha256": words_sha256(self.wordings),
                "by": self.test.benchmark.primary,
                "on": self.part.how,
                "seed": self.seed,
                "n": held.n,
                "n_clusters": held.n_clusters,
                "data_sha256": held.data_sha256,
            },
        }
        return {"id": fingerprint(changed), **changed}

    def manifest(self) -> dict[str, Any]:
        """What the manifest says of the family before anything is asked."""
        if self.part is None:
            return {}
        held = self.part.held
        on = {
            "how": self.part.how,
            "passed_over": list(self.part.passed_over),
            "n": held.n,
            "n_clusters": held.n_clusters,
        }
        return {"prompts": {"on": on, "wordings": [canonical(asdict(wording)) for wording in self.wordings]}}

    def ask(self, folder: Path, ask: Ask) -> None:
        """Ask every wording of the rows that choose, and keep the rows in the run's folder."""
        if self.part is None:
            return
        samples = Selection(task=self.part.choosing, limit=None, seed=self.seed, n=self.part.held.n)
        for wording in self.wordings:
            path = rows_of(folder, wording.id)
            path.parent.mkdir(exist_ok=True)
            write_rows(path, ask(samples, _worded(self.test, wording)))

    def prompt(self, position: int) -> Prompt:
        """The benchmark's prompt in one of the wordings."""
        return _worded(self.test, self.wordings[position])


def rows_of(folder: Path, wording: str) -> Path:
    """The file with the rows that choose, as they were asked in a wording."""
    return folder / WORDINGS / f"{wording}.parquet"


def family_of(
    number: int,
    task: Task,
    *,
    other_split: Callable[[str], Task],
    limit: int | None,
    seed: int,
) -> Family:
    """The first wordings, and the rows that choose between them; with one there is nothing to choose.

    Those rows are of the benchmark's split for validation, else of training, without the clusters that the
    asked split holds too; where none of them leaves enough clusters, of a fifth of the asked split's own
    clusters, which the test part then lacks. At most `MOST` of them, and no more than `limit`.

    Args:
        number: of wordings.
        task: what is asked for the test.
        other_split: the same task on another split.
        limit: of the rows of the test.
        seed: of the share and of the selection.

    Raises:
        UsageError: so many wordings there are not, or the benchmark is asked in words of its own.
        DataError: there is no row to choose on, or none is left for the test, or a row that would choose is
            locked by a study.
    """
    wordings = first(number)
    if number == 1:
        return Family(wordings=wordings, test=task, part=None, seed=seed)
    _worded(task, wordings[0])
    part = _part(task, other_split, min(MOST, limit or MOST), seed)
    refuse_locked_samples(part.choosing.samples(), doing="the choice of a wording")
    return Family(wordings=wordings, test=part.test, part=part, seed=seed)


def require_reader(model: Model) -> None:
    """Refuse a model to which all wordings are one.

    Raises:
        UsageError: it ranks options by their vectors.
    """
    if model.identity.get("loader") in _WITHOUT_WORDS:
        raise UsageError("this model ranks options by their vectors and reads no prompt: leave out --prompts")


def _worded(task: Task, wording: Wording) -> Prompt:
    prompt = worded(task.benchmark.prompt, wording)
    if prompt is None:
        raise UsageError(
            f"{task.title} under {task.benchmark.asked} is asked in words of its own, of which there are no "
            "paraphrases: leave out --prompts"
        )
    return prompt


def _part(task: Task, other_split: Callable[[str], Task], limit: int, seed: int) -> Part:
    """The first split that leaves enough clusters, else a share of the asked one."""
    tested = {cluster_of(sample) for sample in task.samples()}
    asked, passed_over = task.where.split, list[str]()
    for split in (name for name in _CHOOSING if name in task.benchmark.splits and name != asked):
        try:
            other = _kept(other_split(split), lambda sample: cluster_of(sample) not in tested)
            whole = plan(other, limit=None, seed=seed)
        except (DataError, UsageError) as error:
            _log.info("%s does not choose: %s", split, error)
            passed_over.append(f"{split}: its files are not there, or cannot be read")
            continue
        if whole.n_clusters < FEW_CLUSTERS:
            passed_over.append(f"{split}: {whole.n_clusters} clusters that are not in {asked} too")
            continue
        how = f"{split}, without the clusters of {asked}"
        part = _limited(other, task, how, tuple(passed_over), limit, seed)
        n_images, lost = read_images(part.choosing.samples())
        if not lost:
            return part
        _log.info("%s does not choose: %s", split, lost[0])
        passed_over.append(f"{split}: {len(lost)} of {n_images} images cannot be read")

    def chooses(sample: Sample) -> bool:
        place = int.from_bytes(hashed(seed, f"choosing\0{cluster_of(sample)}")[:8], "big")
        return place < SHARE * 2**64

    test = _kept(task, lambda sample: not chooses(sample))
    how = f"{SHARE:.0%} of the clusters of {asked}, which the test part lacks"
    part = _limited(_kept(task, chooses), test, how, tuple(passed_over), limit, seed)
    if not part.held.n or next(test.samples(), None) is None:
        raise DataError(f"{task.title} has too few clusters to hold out a share: leave out --prompts")
    return part


def _limited(
    choosing: Task, test: Task, how: str, passed_over: tuple[str, ...], limit: int, seed: int
) -> Part:
    """The part with no more rows than `limit`: by hash of the row (or its group), to keep many clusters."""

    def some(samples: Iterator[Sample]) -> Iterator[Sample]:
        return select(samples, limit=limit, seed=seed, by=lambda sample: sample.group or sample.id)

    few = _loaded(choosing, some)
    return Part(
        choosing=few, test=test, how=how, passed_over=passed_over, held=plan(few, limit=None, seed=seed)
    )


def _kept(task: Task, keep: Callable[[Sample], bool]) -> Task:
    return _loaded(task, lambda samples: filter(keep, samples))


def _loaded(task: Task, change: Callable[[Iterator[Sample]], Iterator[Sample]]) -> Task:
    """The task with its samples changed. The card's counts are no longer of them."""
    load = task.benchmark.load

    @wraps(load)
    def changed(where: Where, **options: Any) -> Iterator[Sample]:
        return change(load(where, **options))

    return replace(task, benchmark=replace(task.benchmark, load=changed, counts={}))
