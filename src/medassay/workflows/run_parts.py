"""The accuracy of runs by the parts of a split, plain and corrected by labels of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from medassay.errors import DataError
from medassay.metrics.verdicts import UNREAD
from medassay.published import shipped
from medassay.published.beside import HOW_FAR, Printed, printed
from medassay.reporting.parted import RunParts
from medassay.splits.labels import Label, read_labels
from medassay.splits.tags import REASONING, UNCERTAIN, Tag, read_tags
from medassay.statistics.clusters import Codes
from medassay.statistics.gaps import Gap, at_once, gap_of
from medassay.statistics.parts import Parted, corrected, parted
from medassay.types import UNKNOWN_CLUSTER, FloatArray, Row
from medassay.workflows.results import Run, load_run

_FEWEST = 2  # labels, below which nothing can be corrected


def by_parts(
    runs: Sequence[Path], tags: Sequence[Path], labels: Sequence[Path] = (), *, published: bool = False
) -> list[RunParts]:
    """The accuracy of runs, whole and by part.

    Failed rows, and rows without an accuracy, are left out and counted.

    Args:
        runs: their folders.
        tags: files of `medassay split make`.
        labels: files of `medassay label read`; a run with labels is corrected by them too.
        published: put the numbers of arXiv 2507.11200 beside.

    Raises:
        DataError: a sample of a run has no tag, or no row has an accuracy; an id has tags, or labels, in two
            files; two runs would stand in one cell; labels that are of no run.
    """
    known: dict[str, Tag] = {}
    for path in tags:
        for tag in read_tags(path):
            if known.setdefault(tag.id, tag) != tag:
                raise DataError(f"{path}: {tag.id} has another tag in an earlier file: report them apart")
    said: dict[str, Label] = {}
    for path in labels:
        for name, label in read_labels(path).items():
            if said.setdefault(name, label) != label:
                raise DataError(f"{path}: {name} has another label in an earlier file: report them apart")
    read = [_of_run(folder, known, said, published=published) for folder in runs]
    bounds = at_once([gap for _, gap in read])
    found = [replace(one, gap_at_once=held) for (one, _), held in zip(read, bounds, strict=True)]
    cells = dict[tuple[str, str], Path]()
    for folder, one in zip(runs, found, strict=True):
        before = cells.setdefault((one.model, one.benchmark), folder)
        if before is not folder:
            raise DataError(f"{folder}: {before} is of {one.model} on {one.benchmark} too: report them apart")
    if labels and all(one.corrected is None for one in found):
        raise DataError(f"{labels[0]}: no run has {_FEWEST} of its questions: they are of another benchmark")
    return found


def _of_run(
    folder: Path, known: Mapping[str, Tag], said: Mapping[str, Label], *, published: bool
) -> tuple[RunParts, Gap | None]:
    run = load_run(folder)
    rows = list(run.rows())
    lacking = [row.sample.id for row in rows if row.sample.id not in known]
    if lacking:
        raise DataError(
            f"{folder}: {len(lacking)} samples have no tag ({lacking[0]}): split the same benchmark"
        )
    held = [row for row in rows if row.score.status != "failed" and row.score.rule != UNREAD]
    judged = [row for row in held if row.score.status != "scored" or "accuracy" in row.score.values]
    if not judged:
        raise DataError(f"{folder}: no row has an accuracy, which is what the parts are of")
    score = np.array([row.score.values.get("accuracy", 0.0) for row in judged], dtype=np.float64)
    chosen = [known[row.sample.id] for row in judged]
    part = np.array([tag.part for tag in chosen])
    probability = np.array([tag.probability for tag in chosen])
    names = np.array([_cluster(row) for row in judged])
    clusters, codes = np.unique(names, return_inverse=True)
    labels = [said.get(row.sample.id) for row in judged]
    asked, other = (part == REASONING).astype(np.float64), part == UNCERTAIN
    gap = gap_of(score, asked, 1 - asked - other, names, seed=run.benchmark.name)
    found = RunParts(
        model=run.manifest["model"]["name"],
        benchmark=run.benchmark.name,
        failed=len(rows) - len(held),
        without=len(held) - len(judged),
        clusters=len(clusters),
        hard=parted(score, asked, codes, other),
        gap_at_once=None,
        weighted=parted(score, probability, codes),
        labels=sum(label is not None for label in labels),
        corrected=_corrected(score, probability, labels, codes),
        source=", ".join(sorted({tag.source for tag in chosen})),
        published=_printed(run) if published else {},
    )
    return found, gap


def _corrected(
    score: FloatArray, probability: FloatArray, labels: Sequence[Label | None], codes: Codes
) -> Parted | None:
    if sum(label is not None for label in labels) < _FEWEST:
        return None
    truth = np.array([np.nan if one is None else float(one.part == REASONING) for one in labels])
    stands_for = np.array([0.0 if one is None else one.stands_for for one in labels])
    return corrected(score, probability, truth, codes, stands_for)


def _printed(run: Run) -> Mapping[str, Printed]:
    return printed(
        shipped(), source=HOW_FAR, model=run.manifest["model"]["name"], benchmark=run.benchmark.name
    )


def _cluster(row: Row) -> str:
    known = row.sample.cluster != UNKNOWN_CLUSTER
    return row.sample.cluster if known else f"\0{row.sample.id}"
