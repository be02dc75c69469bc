"""`reliability.csv`: how often a run was right where it was how sure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from medassay.reporting import manifest, words
from medassay.reporting.files import write_text
from medassay.reporting.record import RunRecord

_HEAD = ("run", "benchmark", "model", "lowest", "highest", "n", "confidence", "accuracy")


def write_reliability(path: Path, records: Sequence[RunRecord]) -> Path | None:
    """One line per bin of equal mass: its range of confidence, its rows, their mean confidence, share right.

    Returns:
        The path; None, and no file, where no run has probabilities.

    Raises:
        StoreError: the file cannot be written.
    """
    if not any(record.reliability for record in records):
        return None
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, _HEAD, lineterminator="\n")
    writer.writeheader()
    for record in records:
        head = {
            "run": record.manifest.get("id", ""),
            "benchmark": record.benchmark.name,
            "model": manifest.model_name(record),
        }
        writer.writerows(head | asdict(held) for held in record.reliability)
    return write_text(path, words.printable(buffer.getvalue()))
