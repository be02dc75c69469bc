"""What people say of answers: a blind sample to label by hand, and the file that comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from medassay import gate
from medassay.errors import DataError, UsageError
from medassay.judges.rubric import answer_of, fields_of
from medassay.rows import read_rows
from medassay.statistics.agreement import cohen_kappa, krippendorff_alpha
from medassay.types import Kind, Response, Row, Sample, fingerprint
from medassay.workflows.folder import ROWS, read_manifest
from medassay.workflows.resolve import find_benchmark
from medassay.workflows.sheets import drawn, read_marks, shuffled, write_sheet

COLUMNS = ("id", "kind", "question", "accepted", "answer", "label", "rater")
_WORDS = {
    **dict.fromkeys(("1", "1.0", "right", "correct", "yes", "true"), 1.0),
    **dict.fromkeys(("0", "0.0", "wrong", "incorrect", "no", "false"), 0.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Labels by id: of an answer (`answer_key`), or of a sample where one run is judged.

    `truth` is what most raters say, without the ids on which they are even (`tied`). `alpha` is
    Krippendorff's over all raters, `kappa` Cohen's of the only two; None where there is nothing to compare.
    """

    truth: Mapping[str, float]
    raters: tuple[str, ...]
    tied: int
    alpha: float | None
    kappa: float | None

    def of(self, row: Row, *, by_sample: bool) -> float:
        """The label of an answered sample, NaN where it has none."""
        held = self.truth.get(answer_key(row.sample, row.response))
        if held is None and by_sample:
            held = self.truth.get(row.sample.id)
        return float("nan") if held is None else held


def answer_key(sample: Sample, response: Response) -> str:
    """The id of an answer: it names no model, and equal answers to one sample share it.

    It begins with a letter: a spreadsheet would take sixteen digits for a number, and round it.
    """
    return f"a{fingerprint([sample.id, answer_of(response)])[:15]}"


def read_labels(path: Path) -> Labels:
    """Read a CSV file: id, label (1 or 0, right or wrong), and rater where there are several.

    Lines without a label are not labelled yet and do not count.

    Raises:
        DataError: the file is missing or malformed, or a rater labels an answer twice differently.
    """
    votes: dict[str, dict[str, float]] = {}
    for mark in read_marks(path, _WORDS, allowed="right (1) or wrong (0)"):
        if (
            mark.word is not None
            and votes.setdefault(mark.id, {}).setdefault(mark.rater, mark.word) != mark.word
        ):
            raise DataError(
                f"{mark.where}: {mark.rater or 'the rater'} has labelled this id before, and otherwise"
            )
    if not votes:
        raise DataError(f"{path}: no line has a label: fill the column label with 1 (right) or 0 (wrong)")
    means = {name: sum(of.values()) / len(of) for name, of in votes.items()}
    raters = tuple(sorted({rater for of in votes.values() for rater in of}))
    alpha = krippendorff_alpha([list(of.values()) for of in votes.values()])
    return Labels(
        truth={name: float(mean > 0.5) for name, mean in means.items() if mean != 0.5},
        raters=raters,
        tied=sum(mean == 0.5 for mean in means.values()),
        alpha=None if np.isnan(alpha) else alpha,
        kappa=_kappa(votes, raters),
    )


def draw(
    folders: Sequence[Path],
    n: int,
    *,
    out: Path,
    seed: int = 0,
    only: Collection[str] = (),
    permit: Collection[str] = (),
) -> int:
    """Write the answers to `n` samples, drawn by hash in proportion to the kinds, to be labelled blindly.

    All runs' answers to a drawn sample are there, shuffled, equal ones once, without a model's name, a score
    or a verdict. Samples that failed in a run are not drawn.

    Args:
        folders: run folders with answers to the same samples.
        n: how many samples.
        out: the CSV file.
        seed: of the draw.
        only: the kinds to draw from, empty for all.
        permit: see `medassay.run`; "export" for data that must not leave.

    Returns:
        The number of lines written.

    Raises:
        UsageError: no sample is answered in all runs.
        NotPermitted: the data must not leave, and may not be exported.
    """
    for folder in folders:
        held = read_manifest(folder)
        opened = {*held.get("permitted", ()), *permit}
        gate.require(find_benchmark(held["benchmark_word"]), "export", permitted=opened)
    kinds = _answered(folders, only)
    chosen = drawn(kinds, n, seed=seed)
    lines: dict[str, dict[str, str]] = {}
    for folder in folders:
        for row in read_rows(folder / ROWS):
            if row.sample.id in chosen:
                key = answer_key(row.sample, row.response)
                lines[key] = _line(key, row)
    write_sheet(out, COLUMNS, [lines[key] for key in shuffled(lines, seed=seed)])
    return len(lines)


def _answered(folders: Sequence[Path], only: Collection[str]) -> dict[str, Kind]:
    """The kinds of the samples that every run has an answer to."""
    common: dict[str, Kind] | None = None
    for folder in folders:
        here = {
            row.sample.id: row.sample.kind
            for row in read_rows(folder / ROWS)
            if row.response.error is None and (not only or row.sample.kind in only)
        }
        common = here if common is None else {name: kind for name, kind in common.items() if name in here}
    if not common:
        raise UsageError("nothing to draw: no sample of these kinds is answered in all runs")
    return common


def _line(key: str, row: Row) -> dict[str, str]:
    fields = fields_of(row.sample, row.response)
    return {
        "id": key,
        "kind": row.sample.kind,
        "question": fields["question"],
        "accepted": fields["gold"],
        "answer": fields["answer"] or "(no answer)",
        "label": "",
        "rater": "",
    }


def _kappa(votes: Mapping[str, Mapping[str, float]], raters: Sequence[str]) -> float | None:
    for one, other in combinations(raters, 2) if len(raters) == 2 else ():
        both = [(of[one], of[other]) for of in votes.values() if one in of and other in of]
        if both:
            first, second = np.array(both).T
            kappa = cohen_kappa(first, second)
            return None if np.isnan(kappa) else kappa
    return None
