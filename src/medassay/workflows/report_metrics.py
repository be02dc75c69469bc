"""Metrics of reports that RadEval computes, in an environment of its own: rows in, rows with values out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from medassay import codec
from medassay.errors import ModelError, UnknownName, UsageError
from medassay.metrics.reports import KEYS, METRICS, RENAMED
from medassay.types import Measure, Row

RADEVAL = frozenset(key for keys in KEYS.values() for key in keys)
"""The values of `Score.values` that RadEval gave."""

ENVIRONMENT = "MEDASSAY_RADEVAL"
BRIDGE = Path(__file__).with_name("radeval_bridge.py")
_HOW = (
    "python -m venv radeval && radeval/bin/pip install radeval, then set "
    f"{ENVIRONMENT}=radeval/bin/python or pass --radeval"
)


def with_report_metrics(
    rows: Sequence[Row], names: Sequence[str], *, radeval: str | Path | None = None
) -> list[Row]:
    """The rows with what RadEval makes of their reports in `Score.values`.

    The values are RadEval's own, one for each report; the metrics of the registry average them
    (`medassay.metrics.reports`). What the rows have already is not computed again. A report is compared with
    its first accepted text. Rows of other kinds are passed on as they are; one without a readable report has
    0 in every metric and gets only the labels of its reference. Everything stays on this machine.

    Args:
        rows: all rows of a run: some metrics weigh words by how rare they are in the set.
        names: RadEval's names of metrics: radgraph, f1chexbert, ...
        radeval: the Python of an environment with RadEval; `$MEDASSAY_RADEVAL` by default.

    Raises:
        UnknownName: no such metric.
        UsageError: there is no such environment; says how to make one.
        ModelError: RadEval failed; says with what.
    """
    for name in names:
        if name not in KEYS:
            raise UnknownName("report metric", name, KEYS)
    reports = [i for i, row in enumerate(rows) if row.sample.kind == "report"]
    missing = [name for name in dict.fromkeys(names) if not _has(rows, reports, KEYS[name])]
    if not reports or not missing:
        return list(rows)
    measured = list(rows)
    found = _ask(_python(radeval), missing, [rows[i] for i in reports])
    for i, values in zip(reports, found, strict=True):
        score = rows[i].score
        measured[i] = replace(rows[i], score=replace(score, values={**score.values, **values}))
    return measured


def report_measures(names: Sequence[str]) -> tuple[Measure, ...]:
    """The measures over all reports that RadEval's metrics of these names allow."""
    return tuple(
        Measure(metric=metric)
        for name in names
        for metric in METRICS
        if metric in KEYS[name] or (metric.startswith(f"{name}_") and name == "f1chexbert")
    )


def _has(rows: Sequence[Row], reports: Sequence[int], keys: Sequence[str]) -> bool:
    """Whether some scored report has every value; a metric that could not decide one leaves that one out."""
    scored = [rows[i].score for i in reports if rows[i].score.status == "scored"]
    return all(any(key in score.values for score in scored) for key in keys)


def _python(radeval: str | Path | None) -> str:
    named = str(radeval or os.environ.get(ENVIRONMENT) or "")
    if not named:
        raise UsageError(f"the metrics of reports need RadEval in its own environment: {_HOW}")
    found = shutil.which(named)
    if found is None:
        raise UsageError(f"{named}: no Python to run RadEval with: {_HOW}")
    return found


def _ask(python: str, names: Sequence[str], rows: Sequence[Row]) -> list[Mapping[str, float]]:
    lines = [json.dumps({"metrics": list(names)}), *map(_line, rows)]
    done = subprocess.run(  # isolated: neither this process's packages nor the script's neighbours are seen
        [python, "-I", str(BRIDGE)], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ModelError(f"RadEval ended with status {done.returncode}: {said[-1] if said else 'no word'}")
    head, *answers = done.stdout.splitlines() or [""]
    if not head or len(answers) != len(rows):
        raise ModelError(f"RadEval answered for {len(answers)} of {len(rows)} reports: see {BRIDGE.name}")
    return [
        {RENAMED.get(key, key): v for key, v in codec.loads(line).items() if v is not None}
        for line in answers
    ]


def _line(row: Row) -> str:
    written = row.score.answer if row.score.status == "scored" else None
    return json.dumps({"reference": row.sample.target.texts[0], "report": written or None})
