"""FairMedFM: gaps between the groups of an attribute at a threshold chosen on the test set itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from medassay.errors import UsageError
from medassay.metrics.answers import classes
from medassay.metrics.binary import Reader
from medassay.metrics.fairmedfm import BY_GROUP, NO_GROUP, OVERALL, Judged
from medassay.protocols.protocol import Bugs, Protocol, Rules, not_covered
from medassay.types import Benchmark, Columns, FloatArray, Kind, Measure, Metric, Row, Sample

_KINDS = frozenset[Kind]({"yes/no", "label"})
_AGES = {"0-17": 0, "18-39": 0, "40-59": 0, "60-79": 1, "80+": 1}
_CODES: Mapping[str, Callable[[str], int]] = {
    "sex": lambda value: int(value != "male"),
    "age_group": lambda value: _AGES.get(value, NO_GROUP),
    "race": lambda value: int(value != "white"),
    "language": lambda value: int(value != "english"),
}
"""How it makes two groups of each attribute."""

_CONSTANT: Mapping[str, tuple[str, str, int]] = {
    "sex": ("sex_everyone", "", 1),
    "age_group": ("papila_age_nobody", "papila", 0),
}
"""The switch under which everyone falls into one group, the benchmark it holds for, and the group."""


def _columns(rows: Sequence[Row], attribute: str, constant: int | None) -> Columns:
    """`label`, `prob`, `group` and `classes` of (n,); rows without probabilities have NaN."""
    label, group = np.zeros((2, len(rows)), np.int8)
    prob, names = np.full(len(rows), np.nan), np.zeros(len(rows), np.int64)
    for i, row in enumerate(rows):
        reader = Reader(_positive(row.sample))
        label[i], prob[i] = reader.truth(row), reader.prob(row)
        names[i] = crc32("\n".join(sorted(classes(row.sample))).encode())
        value = row.sample.tags.get(attribute)
        group[i] = NO_GROUP if value is None else _CODES[attribute](value) if constant is None else constant
    return {"label": label, "prob": prob, "group": group, "classes": names}


def _positive(sample: Sample) -> str:
    """The class "yes", else the second of two by the alphabet."""
    names = sorted(name.lower() for name in classes(sample))
    return "yes" if "yes" in names else names[1]


def _compute(
    columns: Columns, weights: FloatArray, column: Callable[[Judged], float], strict: bool
) -> FloatArray:
    """The column for each weighting, which says how often each row counts."""
    if len(np.unique(columns["classes"])) > 1:
        raise UsageError("rows with different classes have no common threshold: judge one task of them")
    there = np.isfinite(columns["prob"])
    held = {name: values[there] for name, values in columns.items()}
    return np.array([_once(held, times, column, strict) for times in weights[:, there].astype(np.int64)])


def _once(held: Columns, times: NDArray[np.int64], column: Callable[[Judged], float], strict: bool) -> float:
    label, prob, group = (np.repeat(held[name], times) for name in ("label", "prob", "group"))
    if len(np.unique(label)) < 2:
        return float("nan")
    return column(Judged(label, prob, group, strict_threshold=strict))


def _metric(name: str, column: Callable[[Judged], float], attribute: str, **how: Any) -> Metric:
    return Metric(
        name=name,
        kinds=_KINDS,
        columns=partial(_columns, attribute=attribute, constant=how["constant"]),
        compute=partial(_compute, column=column, strict=how["strict"]),
        low=-1.0 if name.startswith("eod") else 0.0,
        high=float("inf") if "bce" in name else 1.0,
        higher_is_better=name.startswith(("overall-a", "worst", "eod")),
        bounded=False,
        definition=f"FairMedFM's {name}, threshold of the best F1 on the rows themselves",
        source="FairMedFM/FairMedFM ac062df; fairmedfm 0.4.2",
        checked="the package fairmedfm on random cases",
    )


def _two_classes(sample: Sample) -> bool:
    return sample.kind in _KINDS and len(classes(sample)) == 2


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    known = {tag for measure in benchmark.measures for tag in measure.by}
    attributes = [name for name in _CODES if name in known]
    if not attributes or not _KINDS & frozenset(benchmark.kinds):
        raise not_covered("fairmedfm", benchmark, "it has no labels, or neither sex, age, race nor language")
    strict = "strict_threshold" in bugs
    make = {
        name: partial(_metric, attribute=name, constant=_constant(name, benchmark, bugs), strict=strict)
        for name in attributes
    }
    overall = [make[attributes[0]](name, column) for name, column in OVERALL.items()]
    gaps = [
        make[attribute](f"{name} {attribute}", column)
        for attribute in attributes
        for name, column in BY_GROUP.items()
    ]
    return Rules(
        scorer=benchmark.scorer,
        measures=tuple(Measure(metric=metric) for metric in (*overall, *gaps)),
        primary="overall-auc",
        takes=_two_classes,
        subset="questions of two classes",
        note=(
            "the threshold is chosen on the rows that are judged; groups in twos (male or not, from 60 years "
            "on, white or not, English or not); its test sets were balanced by group, these rows may not be"
        ),
    )


def _constant(attribute: str, benchmark: Benchmark, bugs: Bugs) -> int | None:
    """The group of everyone under a switch, None without."""
    bug, only, group = _CONSTANT.get(attribute, ("", "", 0))
    return group if bug in bugs and only in {"", benchmark.name} else None


PROTOCOL = Protocol(
    name="fairmedfm",
    title="FairMedFM",
    source="FairMedFM/FairMedFM ac062df",
    definition=(
        "AUC, accuracy, cross-entropy and calibration error over all rows and as the larger less the smaller "
        "of two groups; decisions at the threshold of the best F1 on the test set itself."
    ),
    rules=_rules,
    bugs={
        "strict_threshold": "decisions are p > t* though t* was found for p >= t*: the row at t* turns round",
        "sex_everyone": 'sex is compared with "M" where files say "male": everyone is in one group',
        "papila_age_nobody": "PAPILA's age, already 0 or 1, is compared with 60: nobody is old",
    },
    citation="Jin et al., FairMedFM, NeurIPS 2024 Datasets and Benchmarks",
)
