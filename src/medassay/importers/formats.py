"""Which formats are read, and the one way to read a file or a folder of any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from medassay.errors import DataError, UnknownName, reason
from medassay.importers import (
    answer_lines,
    every_eval_ever,
    inspect_log,
    lm_eval,
    lmms_eval,
    medmnist,
    medvlmbench,
    mmmu,
    run_rows,
    vlmevalkit,
)
from medassay.importers.flags import flagged, same_answers
from medassay.importers.imported import Imported
from medassay.importers.source import Source


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is told by the content of a file, and how it is read."""

    title: str
    detect: Callable[[Source], bool]
    read: Callable[[Source], Imported]


FORMATS = {
    run_rows.NAME: Format("rows of a run", run_rows.detect, run_rows.read),
    inspect_log.NAME: Format("inspect log (.eval, JSON)", inspect_log.detect, inspect_log.read),
    vlmevalkit.NAME: Format("VLMEvalKit table (xlsx, tsv)", vlmevalkit.detect, vlmevalkit.read),
    medmnist.NAME: Format("MedMNIST results (csv)", medmnist.detect, medmnist.read),
    lm_eval.NAME: Format("lm-eval samples (JSONL)", lm_eval.detect, lm_eval.read),
    lmms_eval.NAME: Format("lmms-eval samples (JSONL)", lmms_eval.detect, lmms_eval.read),
    every_eval_ever.NAME: Format(
        "Every Eval Ever samples (JSONL)", every_eval_ever.detect, every_eval_ever.read
    ),
    mmmu.NAME: Format("MMMU outputs (JSON)", mmmu.detect, mmmu.read),
    medvlmbench.NAME: Format("MedVLMBench predictions (JSON)", medvlmbench.detect, medvlmbench.read),
    answer_lines.NAME: Format("id and response (JSONL)", answer_lines.detect, answer_lines.read),
}
"""By name; a file is of the first whose `detect` says so."""


_MISTAKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a reader runs into where a file has the marks of a format, and other values than it has."""


def read(path: Path, *, format_name: str = "", allow_cut: bool = False) -> Imported:
    """Read the answers of a file, or of all files below a folder that hold any.

    Args:
        path: the file or folder.
        format_name: one of `FORMATS`; "" tells it by the content.
        allow_cut: whether a last line that is cut off is left out; else it is refused.

    Raises:
        DataError: it cannot be read, is of no format that is known, or is damaged (names the line).
        UnknownName: no such format.
        MissingExtra: a spreadsheet, and openpyxl is not installed.
    """
    if format_name and format_name not in FORMATS:
        raise UnknownName("format", format_name, FORMATS)
    if path.is_dir():
        return _folder(path, format_name, allow_cut=allow_cut)
    return _file(Source(path, allow_cut=allow_cut), format_name)


def _file(source: Source, format_name: str) -> Imported:
    if source.empty:
        return flagged(Imported(format=format_name or "empty", answers=(), sha256=source.sha256))
    name = format_name or _detected(source)
    if not name:
        known = ", ".join(FORMATS)
        raise DataError(f"{source.path}: no format that is read here ({known}); name one with --format")
    try:
        held = flagged(FORMATS[name].read(source))
    except _MISTAKEN as error:
        why = f"{type(error).__name__}: {reason(error)}"
        raise DataError(f"{source.path}: not as {FORMATS[name].title} is written ({why})") from error
    if source.cut:
        note = f"{source.cut} is cut off: it was left out, and what may have followed is lost"
        return replace(held, notes=(*held.notes, note))
    return held


def _detected(source: Source) -> str:
    try:
        return next((name for name, held in FORMATS.items() if held.detect(source)), "")
    except _MISTAKEN as error:
        raise DataError(f"{source.path}: of no format that is read here ({reason(error)})") from error


def _folder(folder: Path, format_name: str, *, allow_cut: bool) -> Imported:
    """All answers below a folder as one set, in the order of the files' names."""
    parts: list[tuple[str, Imported]] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith((".", "~$"))):
        source, name = Source(path, allow_cut=allow_cut), str(path.relative_to(folder))
        found = _detected(source) if not source.empty else "empty"
        if found and format_name in {"", found}:
            parts.append((name, _file(source, "" if found == "empty" else found)))
    if not any(held.answers for _, held in parts):
        raise DataError(f"{folder}: no file with answers below it")
    formats = sorted({held.format for _, held in parts if held.answers})
    models = {held.model for _, held in parts if held.model}
    asked = {held.asked for _, held in parts if held.answers}
    alone = len(parts) == 1
    return Imported(
        format=", ".join(formats),
        answers=tuple(answer for _, held in parts for answer in held.answers),
        sha256=sha256("".join(held.sha256 for _, held in parts).encode()).hexdigest(),
        model=models.pop() if len(models) == 1 else "",
        asked=asked.pop() if len(asked) == 1 else "",
        claimed={n if alone else f"{name}: {n}": v for name, held in parts for n, v in held.claimed.items()},
        notes=(
            *(note if alone else f"{name}: {note}" for name, held in parts for note in held.notes),
            *same_answers(parts),
        ),
    )
