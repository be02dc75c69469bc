"""`study key`: what the key of a study is worth, and whether the conclusion hangs on it.

Nothing is asked again: the answers are those of the first look that ended.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from medassay.errors import DataError
from medassay.reporting.tables_page import Grid, Section
from medassay.reporting.words import count, interval, number
from medassay.statistics.agreement import Rate
from medassay.statistics.keys import NONE, Quality, majority, quality, soft_scores
from medassay.statistics.operating import INDETERMINATE
from medassay.text import normalise
from medassay.workflows.studies.analysing import Findings, Tested, analyse, judged
from medassay.workflows.studies.folder import Study, load

SHARES = (0.01, 0.02, 0.05, 0.1)
DRAWS = 200
UNSEEN = "Errors of the key that agree with the model are not seen so."


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """(n, r) labels of the study's items by several readers as 1 (the target), 0 or `NONE`."""

    readers: tuple[str, ...]
    given: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How often the finding stays if a share of the key were wrong, and the range of the primary measure."""

    share: float
    stays: float
    low: float
    high: float


def key(folder: Path, labels: Path | None = None) -> list[Section]:
    """What the key is worth, as sections: agreement and ceiling if there are labels, then key noise.

    Args:
        folder: of a study whose locked part was looked at.
        labels: a CSV file with the columns reader, id and label.

    Raises:
        UsageError: nothing was looked at.
        DataError: a file was changed, or the labels have a mistake; names the line.
    """
    study = load(folder)
    found = analyse(study)
    told = []
    if labels is not None:
        held = read_labels(labels, found.tests["index"].answers.ids, study.plan.target)
        told += _told(held, found)
    return [*told, _noisy(study, found)]


def read_labels(path: Path, ids: Sequence[str], target: str) -> Labels:
    """The labels of a file over the items of a study, in their order; items that it lacks have none.

    Raises:
        DataError: the file cannot be read, lacks a column, or names an item that is unknown or twice.
    """
    places, wanted = {name: at for at, name in enumerate(ids)}, normalise(target, "lower")
    held: dict[str, NDArray[np.int64]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            if not {"reader", "id", "label"} <= {*(lines.fieldnames or ())}:
                raise DataError(f"{path}: the columns reader, id and label are needed")
            for line in lines:
                where, name = f"{path}:{lines.line_num}", line["id"]
                if name not in places:
                    raise DataError(f"{where}: the study has no item {name!r}")
                mine = held.setdefault(line["reader"], np.full(len(ids), NONE, dtype=np.int64))
                if mine[places[name]] != NONE:
                    raise DataError(f"{where}: {line['reader']} labelled {name} twice: keep one")
                if label := (line["label"] or "").strip():
                    mine[places[name]] = int(normalise(label, "lower") == wanted)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as CSV: {error}") from error
    if not held:
        raise DataError(f"{path} holds no label")
    readers = tuple(sorted(held))
    return Labels(readers=readers, given=np.stack([held[name] for name in readers], axis=1))


def noise(study: Study, found: Findings, *, seed: int = 0) -> list[Noise]:
    """Turn a share of the key round, at random and in whole clusters, and judge the planned claim again.

    The range is of the middle 95 % of the draws. It says what noise that does not know the model does; errors
    of the key that agree with the model's are not seen so.
    """
    rng = np.random.default_rng(seed)
    plan, tests = study.plan, found.tests
    _, codes = np.unique(tests["index"].called.codes, return_inverse=True)
    clusters = int(codes.max()) + 1
    told = []
    for share in SHARES:
        findings, values = [], []
        for _ in range(DRAWS):
            turned = (rng.random(clusters) < share)[codes]
            again = {role: _turned(tested, turned) for role, tested in tests.items()}
            finding, value = judged(plan, again)
            findings.append(finding == found.finding)
            values.append(np.nan if value is None else value)
        low, high = np.nanquantile(values, [0.025, 0.975])
        told.append(Noise(share=share, stays=float(np.mean(findings)), low=float(low), high=float(high)))
    return told


def _turned(tested: Tested, turned: NDArray[np.bool_]) -> Tested:
    called = tested.called
    truth = np.where(turned, 1 - called.truth, called.truth).astype(np.int8)
    return replace(tested, called=replace(called, truth=truth))


def _told(labels: Labels, found: Findings) -> list[Section]:
    called = found.tests["index"].called
    held: Quality = quality(labels.given, called.codes, seed="key")
    lines = [
        _line("agreement beyond chance (Krippendorff's alpha)", held.alpha),
        _line("a reader against another reader", held.human),
        _line("ceiling: the best fixed answers against a reader", held.ceiling),
    ]
    answers = np.where(called.call == INDETERMINATE, NONE, called.call).astype(np.int64)
    scores = [("soft key: the share of readers that agree", soft_scores(labels.given, answers))]
    most = majority(labels.given)
    scores.append(("majority of the readers, ties left out", np.where(most == NONE, np.nan, answers == most)))
    scores.append(("the key of the dataset", (answers == called.truth).astype(float)))
    table = [
        (name, number(float(np.nanmean(values))), count(int(np.isfinite(values).sum())))
        for name, values in scores
        if np.isfinite(values).any()
    ]
    disputed = int(((most != NONE) & (most != called.truth)).sum())
    return [
        Section(
            title=f"Labels of {len(labels.readers)} readers on {held.items} items with two or more",
            tables=[Grid(head=("", "value", "95 %", "items"), lines=lines)],
        ),
        Section(
            title="The index test's accuracy at its threshold, by three keys",
            tables=[Grid(head=("key", "accuracy", "items"), lines=table)],
            notes=[
                f"{disputed} items have a majority against the dataset's key.",
                "An errata file corrects a key (docs/errata.md); a study on the new one is a new study.",
            ],
        ),
    ]


def _noisy(study: Study, found: Findings) -> Section:
    primary = study.plan.primary
    what = primary.measure if primary.claim == "at least" else f"the difference of {primary.measure}"
    lines = [
        (f"{held.share:.0%}", f"{held.stays:.0%}", f"{number(held.low)} to {number(held.high)}")
        for held in noise(study, found)
    ]
    return Section(
        title=f"If a share of the key were wrong: would it still be {found.finding!r}?",
        tables=[Grid(head=("wrong at random", "finding stays", f"95 % of {what}"), lines=lines)],
        notes=[
            f"{DRAWS} draws each, whole clusters turned round. Errors that agree with the model are not seen."
        ],
    )


def _line(name: str, rate: Rate) -> tuple[str, str, str, str]:
    return name, number(rate.value), interval(rate.low, rate.high), count(rate.n)
