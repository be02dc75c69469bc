"""Runs inside RadEval's own environment, as a script: reports in on standard input, values out, JSON lines.

First line in: {"metrics": [RadEval's names]}; then one line for each report, {"reference": text, "report":
text, or null where there is none}. Out: {"version": RadEval's}, then for each report an object of its values,
null where a metric gave none. Nothing of medassay is imported here.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any


def main() -> None:
    """Read all, measure, write all."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the metrics print is for the log
    first, *lines = map(json.loads, sys.stdin)
    values = measure(first["metrics"], lines)
    answers.write(json.dumps({"version": version("radeval")}) + "\n")
    answers.writelines(json.dumps(row) + "\n" for row in values)
    answers.close()


def measure(metrics: Sequence[str], lines: Sequence[dict[str, Any]]) -> list[dict[str, float | None]]:
    """The values of each line by RadEval's keys; none of them where there is no report."""
    import radeval

    # 2.2.1 imports parts of itself as RadEval, which only a file system without case would find
    sys.modules.setdefault("RadEval", radeval)
    written = [i for i, line in enumerate(lines) if line["report"] is not None]
    reports = [lines[i]["report"] for i in written]
    references = [lines[i]["reference"] for i in written]
    evaluator = radeval.RadEval(metrics=list(metrics), per_sample=True, show_progress=False)
    values: list[dict[str, float | None]] = [{} for _ in lines]
    for key, found in evaluator(refs=references, hyps=reports).items():
        for i, value in zip(written, found, strict=True):
            values[i][key] = _number(value)
    if "f1chexbert" in metrics:
        labeller = evaluator.f1chexbert_scorer
        for line, labels in zip(values, labeller.get_labels([x["reference"] for x in lines]), strict=True):
            line["f1chexbert_reference"] = _bits(labels)
        for i, labels in zip(written, labeller.get_labels(reports), strict=True):
            values[i]["f1chexbert_report"] = _bits(labels)
    return values


def _bits(labels: Sequence[int]) -> float:
    """Fourteen zeros and ones as one number: bit k is the k-th condition."""
    return float(sum(int(label) << k for k, label in enumerate(labels)))


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


if __name__ == "__main__":
    main()
