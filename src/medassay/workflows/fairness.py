"""Compare groups of people within runs: who is served worse, by how much, and whether chance could do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from medassay.errors import UsageError
from medassay.metrics.binary import Reader, reader_of
from medassay.reporting.fairness import FairnessRecord, write_fairness
from medassay.statistics.fairness import People, best_youden, parity
from medassay.types import UNKNOWN_CLUSTER, Row
from medassay.workflows.results import Run, load_run
from medassay.workflows.sides import Side, sides_of

TOGETHER = " & "
"""Between the parts of an intersection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """What was found in each run."""

    records: Sequence[FairnessRecord]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {"schema_version": 1, "runs": [asdict(record) for record in self.records]}


def fairness(  # noqa: PLR0913  what the command offers, named once
    runs: Sequence[Run | str | Path],
    *,
    by: Sequence[str],
    intersections: bool = False,
    validation: Run | str | Path | None = None,
    threshold: float | None = None,
    positive: str | None = None,
    pool: bool = False,
    out: Path | None = None,
) -> Fairness:
    """Compare the groups of each attribute in each run.

    Decisions are the answers as scored (of probabilities the most probable class), or `prob >= threshold`.
    A threshold comes from a validation run (the largest TPR - FPR there), or is stated beforehand; it is
    never chosen on the rows that are judged.

    Args:
        runs: runs or their folders.
        by: tags: sex, age_group; several with commas ("sex,age_group") are taken together.
        intersections: compare every pair of attributes together as well.
        validation: a run of the same model and other samples.
        threshold: stated beforehand, 0 to 1.
        positive: the class that counts as positive; "yes", else the second of two by the alphabet.
        pool: the runs of one model on variants of a benchmark (languages) are one run.
        out: a folder for `fairness.json`, `.md` and `.html`, or one file that ends so.

    Raises:
        UsageError: a run has not ended, a tag is on no row, or the validation run shares samples.
        DataError: a run's rows are damaged.
    """
    sides = sides_of([_load(run) for run in runs], pool=pool)
    if validation is not None and (threshold is not None or len(sides) > 1):
        raise UsageError("give a validation run for one run and without --threshold: models differ in theirs")
    if threshold is not None and not 0 <= threshold <= 1:
        raise UsageError(f"a threshold of {threshold} is no probability: give one from 0 to 1")
    if not by:
        raise UsageError("by what should people be grouped? Give --by TAG")
    held = _load(validation) if validation is not None else None
    attributes = list(dict.fromkeys(tuple(part.strip() for part in way.split(",")) for way in by))
    if intersections:
        attributes += [a + b for a, b in combinations(attributes, 2) if not set(a) & set(b)]
    judged = Fairness(records=[_judged(side, attributes, (held, threshold), positive) for side in sides])
    if out is not None:
        write_fairness(out, judged.to_json(), judged.records)
    return judged


def _load(run: Run | str | Path) -> Run:
    held = run if isinstance(run, Run) else load_run(run)
    if held.manifest["status"] not in {"complete", "incomplete"}:
        raise UsageError(f"{held.path} is {held.manifest['status']}: give its command again")
    return held


def _judged(
    side: Side,
    attributes: Sequence[tuple[str, ...]],
    cut: tuple[Run | None, float | None],
    positive: str | None,
) -> FairnessRecord:
    reader = reader_of(side.all_rows, positive)
    threshold, source = _threshold(side, cut, reader)
    gathered = _Gathered(list(dict.fromkeys(name for names in attributes for name in names)))
    gathered.add(side.all_rows(), reader, threshold)
    people = gathered.people()
    benchmark = side.runs[0].manifest["protocol"]["benchmark"]
    variant = benchmark["variant"] if len(side.runs) == 1 else None
    return FairnessRecord(
        run=", ".join(str(run.path) for run in side.runs),
        model=side.name,
        benchmark=benchmark["name"] + (f"@{variant}" if variant else ""),
        n=people.n,
        n_clusters=len(np.unique(people.codes)),
        failed=gathered.failed,
        positive=reader.positive,
        threshold=threshold,
        threshold_from=source,
        notes=gathered.notes(),
        parities=tuple(
            parity(
                people,
                *gathered.groups(names),
                attribute=TOGETHER.join(names),
                seed=f"{benchmark['name']} {benchmark['version']}",
                incomplete=gathered.failed > 0,
            )
            for names in attributes
        ),
    )


def _threshold(side: Side, cut: tuple[Run | None, float | None], reader: Reader) -> tuple[float | None, str]:
    """The threshold and where it is from."""
    validation, stated = cut
    if stated is not None:
        return stated, "stated beforehand"
    if validation is None:
        return None, "none: the answers as scored, of probabilities the most probable class"
    mine = {row.sample.id for row in side.all_rows()}
    truth, prob = [], []
    for row in validation.rows():
        if row.sample.id in mine:
            raise UsageError(
                f"{validation.path} shares sample {row.sample.id} with {side.runs[0].path}: "
                "a threshold is never chosen on the rows that are judged"
            )
        if row.score.status != "failed":
            truth.append(reader.truth(row))
            prob.append(reader.prob(row))
    best = best_youden(np.array(truth), np.array(prob, dtype=np.float64))
    return best, f"largest TPR - FPR in {validation.path}"


_TYPES: Mapping[str, type] = {
    "codes": np.int64,
    "truth": np.int8,
    "decision": np.int8,
    "prob": np.float64,
    "right": np.float64,
    "unparsed": np.bool_,
    "refused": np.bool_,
}


class _Gathered:
    """Rows as columns, one run."""

    def __init__(self, by: Sequence[str]) -> None:
        self.failed = 0
        self._clusters: dict[str, int] = {}
        self._columns: dict[str, list[Any]] = {name: [] for name in _TYPES}
        self._tags: dict[str, list[str | None]] = {name: [] for name in by}
        self._seen: set[str] = set()
        self._unknown = 0

    def add(self, rows: Iterable[Row], reader: Reader, threshold: float | None) -> None:
        """Take the rows of a run; failed ones are counted and left out."""
        for row in rows:
            self._seen.update(row.sample.tags)
            if row.score.status == "failed":
                self.failed += 1
                continue
            known = row.sample.cluster != UNKNOWN_CLUSTER
            self._unknown += not known
            word = f"cluster {row.sample.cluster}" if known else f"sample {row.sample.id}"
            described = reader.describe(row, threshold) | {
                "codes": self._clusters.setdefault(word, len(self._clusters)),
                "unparsed": row.score.status == "unparsed",
                "refused": row.score.status == "refused",
            }
            for name, value in described.items():
                self._columns[name].append(value)
            for name, column in self._tags.items():
                column.append(row.sample.kind if name == "kind" else row.sample.tags.get(name))
        for name, column in self._tags.items():
            if column and not any(value is not None for value in column):
                known_tags = ", ".join(sorted(self._seen)) or "none"
                raise UsageError(f"no row has the tag {name!r}: the tags are {known_tags}")

    def people(self) -> People:
        """The columns."""
        return People(**{name: np.array(column, _TYPES[name]) for name, column in self._columns.items()})

    def groups(self, names: Sequence[str]) -> tuple[np.ndarray[Any, Any], list[str]]:
        """Codes (-1 where a part is not stated) and names of the groups of attributes taken together."""
        parts = zip(*(self._tags[name] for name in names), strict=True)
        words = [TOGETHER.join(map(str, part)) if None not in part else None for part in parts]
        known = sorted({word for word in words if word is not None})
        index = {word: k for k, word in enumerate(known)}
        return np.array([-1 if word is None else index[word] for word in words], dtype=np.int64), known

    def notes(self) -> tuple[str, ...]:
        """What holds for all attributes."""
        said = {
            f"incomplete: {self.failed} failed left out, no verdict": self.failed,
            f"cluster unknown for {self._unknown} rows: intervals optimistic": self._unknown,
        }
        return tuple(note for note, count in said.items() if count)
