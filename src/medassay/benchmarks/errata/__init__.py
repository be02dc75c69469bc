"""Corrections of published keys: a versioned overlay per benchmark that says who, why, and by what evidence.

The headline stays on the published key; a second value on the corrected one stands beside it wherever a
correction touches a row. A correction names the key that it replaces: where a dataset has been mended since,
it does nothing. `corrected` absent means that no key can be trusted: the row is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from medassay.errors import DataError, reason
from medassay.types import Benchmark, Columns, Estimate, Measure, Metric, Row, Sample

_ENTRY = {"ids", "published", "corrected", "who", "why", "evidence"}
SUFFIX = "_corrected_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One key that is wrong, of the samples `ids`. `corrected` None: no key can be trusted."""

    ids: tuple[str, ...]
    published: tuple[str, ...]
    corrected: tuple[str, ...] | None
    who: str
    why: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Errata:
    """The corrections of one benchmark, at a version."""

    benchmark: str
    version: int
    corrections: tuple[Correction, ...]

    def of(self, sample: Sample) -> Correction | None:
        """The correction of a sample, where its key is still the one that was wrong."""
        found = _by_id(self).get(sample.id)
        return found if found is not None and found.published == sample.target.texts else None


@cache
def errata_of(name: str) -> Errata | None:
    """The corrections that ship for a benchmark; None where nobody has found any."""
    place = files(__package__) / f"{name}.yaml"
    return parse(place.read_text("utf-8"), f"{name}.yaml") if place.is_file() else None


def read_errata(path: Path) -> Errata:
    """Corrections of one's own.

    Raises:
        DataError: the file is missing, or not of the form of docs/errata.md; names the entry.
    """
    try:
        return parse(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error}): save it as UTF-8") from error


def parse(text: str, where: str) -> Errata:
    """Errata from YAML.

    Raises:
        DataError: as `read_errata`.
    """
    try:
        held = yaml.safe_load(text)
        entries = [
            _correction(entry, f"{where}: correction {n}") for n, entry in enumerate(held["corrections"], 1)
        ]
        errata = Errata(benchmark=held["benchmark"], version=int(held["version"]), corrections=tuple(entries))
    except (yaml.YAMLError, AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise DataError(
            f"{where}: needs benchmark, version and corrections ({reason(error)}): see docs/errata.md"
        ) from error
    ids = [i for entry in errata.corrections for i in entry.ids]
    if repeated := sorted({i for i in ids if ids.count(i) > 1}):
        raise DataError(f"{where}: {repeated[0]} is corrected twice: keep one")
    return errata


def corrected(benchmark: Benchmark, errata: Errata, metric: Metric) -> Metric:
    """The metric on the corrected key: touched rows are judged again, those without a key left out.

    Args:
        benchmark: whose scorer judges.
        errata: the corrections.
        metric: one whose columns are `value`, a value per row.
    """

    def columns(rows: Sequence[Row]) -> Columns:
        found = [errata.of(row.sample) for row in rows]
        again = [_again(benchmark, row, fix) for row, fix in zip(rows, found, strict=True)]
        held = dict(metric.columns(again))
        void = np.array([fix is not None and fix.corrected is None for fix in found], dtype=bool)
        held["value"] = np.where(void, np.nan, held["value"])
        return held

    definition = f"{metric.name} on the key corrected by errata {errata.version}: {metric.definition}"
    return replace(metric, name=metric.name + SUFFIX, columns=columns, definition=definition)


def corrected_measures(
    benchmark: Benchmark, errata: Errata, metrics: Mapping[str, Metric]
) -> tuple[Measure, ...]:
    """The first measure of a benchmark on the corrected key; none where it is no mean of a value per row."""
    measure = benchmark.measures[0]
    metric = measure.metric if isinstance(measure.metric, Metric) else metrics[measure.metric]
    if "value" not in metric.columns([]) or "group" in metric.columns([]):
        return ()
    return (Measure(metric=corrected(benchmark, errata, metric), where=measure.where),)


class Touched:
    """Counts the rows that corrections touch, and says so beside the number that they move."""

    def __init__(self, errata: Errata) -> None:
        self._errata, self._fixed, self._void = errata, 0, 0

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows through."""
        for row in rows:
            if fix := self._errata.of(row.sample):
                self._void += fix.corrected is None
                self._fixed += fix.corrected is not None
            yield row

    def noted(self, estimates: Iterable[Estimate]) -> list[Estimate]:
        """The estimates; those on the corrected key with a note, or gone where no row was touched."""
        said = f"errata {self._errata.version}: {self._fixed} keys corrected, {self._void} rows left out"
        return [
            replace(e, note="; ".join(filter(None, (e.note, said)))) if e.metric.endswith(SUFFIX) else e
            for e in estimates
            if self._fixed + self._void or not e.metric.endswith(SUFFIX)
        ]


def _again(benchmark: Benchmark, row: Row, fix: Correction | None) -> Row:
    if fix is None or fix.corrected is None or row.score.status == "failed":
        return row
    sample = replace(row.sample, target=replace(row.sample.target, texts=fix.corrected))
    return replace(row, sample=sample, score=benchmark.scorer(sample, row.response))


@cache
def _by_id(errata: Errata) -> Mapping[str, Correction]:
    return {i: correction for correction in errata.corrections for i in correction.ids}


def _correction(entry: Any, where: str) -> Correction:
    missing = sorted((_ENTRY - {"corrected"}) - set(entry))
    unknown = sorted(set(entry) - _ENTRY)
    if missing or unknown:
        said = f"lacks {', '.join(missing)}" if missing else f"has an unknown field {unknown[0]!r}"
        raise DataError(f"{where} {said}")
    given = entry.get("corrected")
    return Correction(
        ids=tuple(map(str, entry["ids"])),
        published=tuple(map(str, entry["published"])),
        corrected=None if given is None else tuple(map(str, given)),
        who=str(entry["who"]),
        why=str(entry["why"]),
        evidence=str(entry["evidence"]),
    )
