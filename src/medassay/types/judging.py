"""What an answer is worth, and what many of them amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from medassay.types.asking import Response
from medassay.types.samples import Kind, Sample

FloatArray = NDArray[np.floating[Any]]
Columns = Mapping[str, NDArray[Any]]
"""Arrays with one entry per row along the first axis."""

Status = Literal["scored", "unparsed", "refused", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The judgement of one response.

    `answer` is what was read, `rule` the id of the rule that read it, `span` where in the text.
    `values` are per-sample metric values; unless `status` is "scored" they are empty, or of the target alone.
    `flags` stand beside the status ("truncated").
    """

    status: Status
    answer: str | None = None
    rule: str = ""
    span: tuple[int, int] | None = None
    flags: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sample with all that happened to it."""

    sample: Sample
    response: Response
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number of a report, with what is needed to doubt it.

    `low` and `high` bound the 95 % interval over clusters, None where no honest one exists (`note` says
    why). `counts` are rows by status, and "truncated". While rows have failed, `worst` and `best` are the
    value if every failed row were wrong, or right; else None. `chance`, `majority` and `constant` (one and
    the same report for every row: the best of several) are None where they have no meaning.
    """

    metric: str
    slice: str
    value: float
    se: float | None
    low: float | None
    high: float | None
    method: str
    n: int
    n_clusters: int
    counts: Mapping[str, int]
    chance: float | None = None
    majority: float | None = None
    constant: float | None = None
    worst: float | None = None
    best: float | None = None
    note: str = ""

    @property
    def unscored(self) -> int:
        """Rows without a judgement: unparsed, refused and failed."""
        return self.n - self.counts.get("scored", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """All rows of a slice in, one number out, for many weightings of the rows at once.

    `columns` turns rows into arrays (called on batches of rows and concatenated). `sums` gives the (n, k)
    per-row terms of a metric that is a function of sums (a mean, accuracy, macro F1, corpus BLEU) and
    `finish` maps (B, k) weighted sums to (B,) values; a metric that is not (AUROC) gives `compute`, which
    maps columns and (B, n) weights to (B,) values. Exactly one of the two ways is set. NaN marks a
    weighting under which the metric is undefined. A column `group` marks rows that only count together.
    `chance` says what guessing makes of rows whose chance is not simply the mean of theirs, from the columns
    and the (n,) chance of each row; `note` what is to be known of the value on just these rows.
    """

    name: str
    kinds: frozenset[Kind]  # the rows it applies to; others are left out of its n
    columns: Callable[[Sequence[Row]], Columns]
    sums: Callable[[Columns], FloatArray] | None = None
    finish: Callable[[FloatArray], FloatArray] | None = None
    compute: Callable[[Columns, FloatArray], FloatArray] | None = None
    interval: Literal["proportion", "bootstrap", "auroc"] = "bootstrap"
    low: float = 0.0
    high: float = 1.0
    higher_is_better: bool = True
    chance: Callable[[Columns, FloatArray], float] | None = None
    note: Callable[[Columns], str] | None = None
    constant: bool = False  # whether the value of one report for all rows stands beside it
    bounded: bool = True  # whether failed rows, taken as wrong and as right, bound the value
    definition: str = ""  # one line: what it is and where it is defined
    source: str = ""  # the paper, standard or package that defines it
    details: str = ""  # what one line cannot hold: formula, edge cases, named deviations
    checked: str = ""  # the independent implementation or hand-computed case that the tests hold it against


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric of a benchmark on the rows whose tags equal `where`, overall and by each tag of `by`.

    The tags "kind" and "status" exist on every row.
    """

    metric: str | Metric  # a name of the registry, or a metric of the benchmark's own
    where: Mapping[str, str] = field(default_factory=dict)
    by: tuple[str, ...] = ()
