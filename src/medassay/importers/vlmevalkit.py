"""VLMEvalKit: a spreadsheet or .tsv with `index` and `prediction`, and after judging `extracted` and `hit`.

The gold answer stands in `answer`; in the WorldMedQA-V files that column is there and blank, and
`correct_option` holds it. `{name}_acc.csv` beside `{name}_..._result.xlsx` holds the number it printed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medassay.importers.imported import Answer, Imported
from medassay.importers.source import Record, Source, numbers
from medassay.types import Response

NAME = "vlmevalkit"
_SCORES = ("hit", "score")
_GOLD = ("answer", "correct_option", "GT")


def detect(source: Source) -> bool:
    """Whether it is a table with an index and a prediction."""
    return source.is_table and {"index", "prediction"} <= set(source.header)


def read(source: Source) -> Imported:
    """Read the table, and the claimed numbers beside it.

    Raises:
        DataError: the table is damaged.
        MissingExtra: it is a spreadsheet, and openpyxl is not installed.
    """
    return Imported(
        format=NAME,
        answers=tuple(_answer(where, record) for where, record in source.table()),
        sha256=source.sha256,
        claimed=_claimed(source.path),
    )


def _answer(where: str, record: Record) -> Answer:
    return Answer(
        id=_text(record["index"]),
        response=Response(text=_text(record.get("prediction"))),
        where=where,
        question=_text(record.get("question")),
        gold=next((held for name in _GOLD if (held := _text(record.get(name)))), ""),
        image=_text(record.get("image_path")),
        options={
            name: held
            for name, cell in record.items()
            if len(name) == 1 and name.isascii() and name.isupper() and (held := _text(cell))
        },
        claimed=numbers({name: record.get(name) for name in _SCORES}),
    )


def _text(cell: Any) -> str:
    """A cell as it was written: 1.0 of a number column is the index 1, a blank cell is no text."""
    if cell is None or cell != cell:  # noqa: PLR0124  NaN is what pandas makes of a blank cell
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _claimed(path: Path) -> dict[str, float]:
    """The numbers of the `_acc.csv` whose name this file's begins with, the longest such name."""
    held = {p: p.name.removesuffix("_acc.csv") for p in path.parent.glob("*_acc.csv")}
    named = [p for p, name in held.items() if path.name.startswith(name)]
    if not named:
        return {}
    rows = [record for _, record in Source(max(named, key=lambda p: len(held[p]))).table()]
    claims: dict[str, float] = {}
    for row in rows:
        label = f"{row.get('split', '')}/" if len(rows) > 1 else ""
        claims |= {f"{label}{name}": value for name, value in numbers(row, frozenset({"split"})).items()}
    return claims
