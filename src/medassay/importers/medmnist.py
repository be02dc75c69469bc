"""MedMNIST result files: a row of probabilities for each image, without a header.

`{set}[_{size}]_{split}_[AUC]0.672_[ACC]0.892@{run}.csv`: the name carries the claimed numbers, the first
column is the number of the image. The older form has a header id, true_0.., score_0...
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from medassay.errors import DataError
from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Source
from medassay.types import Response

NAME = "medmnist"
_CLAIM = re.compile(r"\[(AUC|ACC)\](\d*\.?\d+)")


def detect(source: Source) -> bool:
    """Whether every cell of the first row is a number, the first a whole one; or the older header."""
    header = source.header if source.is_table and not source.members else ()
    if _older(header):
        return True
    return len(header) > 1 and header[0].isdigit() and all(_is_number(cell) for cell in header[1:])


def read(source: Source) -> Imported:
    """Read the probabilities, and the numbers in the file's name.

    Raises:
        DataError: a row is not an image's number and probabilities (names it), or is longer than others.
    """
    older = _older(source.header)
    first = 1 + sum(name.startswith("true_") for name in source.header) if older else 1
    answers = []
    for line, row in enumerate(islice(source.rows(), int(older), None), start=1 + int(older)):
        where = f"{source.path.name}:{line}"
        if len(row) != len(source.header) or not all(map(_is_number, row)):
            raise DataError(f"{source.path}:{line}: an image's number and {len(source.header) - 1} numbers "
                            "are expected: a cut or damaged row")  # fmt: skip
        scores = tuple(map(float, row[first:]))
        gold = str(int(float(row[1]))) if first == 2 else ""
        answers.append(
            Answer(
                id=str(int(float(row[0]))),
                response=Response(probs=scores if len(scores) > 1 else (1.0 - scores[0], scores[0])),
                where=where,
                gold=gold,
            )
        )
    return Imported(
        format=NAME,
        answers=tuple(answers),
        sha256=source.sha256,
        claimed={name: float(value) for name, value in _CLAIM.findall(source.path.stem)},
    )


def _older(header: tuple[str, ...]) -> bool:
    return header[:2] == ("id", "true_0") and "score_0" in header


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True
