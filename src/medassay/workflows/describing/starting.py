"""Writing a first description of a folder or a table by looking at it."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from medassay.benchmarks.described.folders import images_below, roles_of, tree
from medassay.benchmarks.described.header import kebab
from medassay.benchmarks.described.pieces import listed
from medassay.benchmarks.described.tables import SUFFIXES, Table, open_table
from medassay.benchmarks.described.tasks import TASKS
from medassay.errors import DataError, UsageError
from medassay.text import normalise
from medassay.workflows.describing.columns import Guess
from medassay.workflows.describing.guessing import Guessed, guess

_PLAIN = re.compile(r"(?:\.\./)*[^\W\d_][\w./+()-]*(?: [\w./+()-]+)*")
_ENCODINGS = ("utf-8", "utf-16", "cp1252")
_HEALTHY = re.compile(r"\b(?:no|non|not|normal|healthy|well|benign|negative|absent|0)\b", re.IGNORECASE)
_SHOWN = 30  # labels that are written down
_HEAD = """\
# A dataset described for medassay. Look at it:  medassay data check {out}
# Run it:  medassay run --model MODEL --benchmark {out}
kind: dataset
schema: 1
name: {name}
# title: as reports call it
# modality: fundus photograph
licence: not stated
may leave: no  # nothing is sent to another machine; yes if you are allowed to
"""
_QUESTIONS = {
    "yes/no": "Is it there?",
    "number": "How large is it?",
    "choice": "Which is right?",
    "box": "Where is it?",
}


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.text}  # {self.why}" if self.why else self.text


def new(source: Path, out: Path | None = None) -> Path:
    """Write a commented first description of a table, or of a folder of images.

    A folder holds one table, or subfolders whose names are the labels. Guesses are marked; where one could
    not be made, the line says what is missing, and `check` does.

    Args:
        source: the table or folder.
        out: the file to write; the name of the source with .yaml, in the current folder, by default.

    Returns:
        The file that was written.

    Raises:
        UsageError: the file is there already, or is no .yaml.
        DataError: the source is missing, or holds nothing that can be described.
    """
    out = out or Path(f"{kebab(source.stem)}.yaml")
    if out.suffix not in {".yaml", ".yml"}:
        raise UsageError(f"{out}: a description ends in .yaml")
    if out.exists():
        raise UsageError(f"{out} is there already: choose another --out, or remove it first")
    if not source.exists():
        raise DataError(f"{source}: no such file or folder")
    lines = _of_folder(source, out) if source.is_dir() else _of_table(source, source.parent, out)
    head = _HEAD.format(out=out, name=kebab(source.resolve().stem))
    text = head + "".join(f"{line}\n" for line in lines)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, "utf-8")
    return out


def _of_folder(folder: Path, out: Path) -> Iterator[_Line]:
    tables = sorted(path for path in folder.iterdir() if path.suffix.lower() in set(SUFFIXES) - {".txt"})
    if len(tables) == 1:
        return _of_table(tables[0], folder, out)
    if len(tables) > 1:
        raise DataError(
            f"{folder}: {len(tables)} tables ({', '.join(t.name for t in tables)}): name the one to describe"
        )
    if not any(path.parent != folder for path in images_below(folder)):
        raise DataError(
            f"{folder}: neither a table nor subfolders with images, so nothing says what is right. Put the "
            "images into a folder for each label, or write a table with the columns image and label"
        )
    return _of_tree(tree(folder), folder, out)


def _of_tree(table: Table, folder: Path, out: Path) -> Iterator[_Line]:
    (label,) = roles_of(table).label.columns
    counts = Counter(line.text(label) for line in table.lines())
    yield _Line("task: diagnosis", "guessed: the folders are the labels")
    yield _Line(f"images: {_path(folder, out)}")
    yield from _labels(dict(sorted(counts.items())))


def _of_table(source: Path, below: Path, out: Path) -> Iterator[_Line]:
    table, encoding = _opened(source)
    held = guess(table, below)
    yield _Line(f"task: {held.task}", f"guessed; one of {', '.join(TASKS)}")
    yield _Line(f"table: {_path(source, out)}")
    if encoding != "utf-8":
        yield _Line(f"encoding: {encoding}", "guessed: it is not UTF-8")
    images = _path(held.pictured.folder, out)
    if images != '"."':  # where they are looked for anyway
        yield _Line(f"images: {images}", "guessed" if held.pictured.guess else "")
    if held.pictured.suffix:
        yield _Line(f"image suffix: {held.pictured.suffix}", "guessed: the table names the images without it")
    if held.missing:
        yield _Line(f"missing values: [{', '.join(map(_quoted, held.missing))}]", "guessed")
    yield from _columns(held, table)
    if held.task == "number":
        yield _Line("# unit: mm", "what the answers are in")
    if held.task == "diagnosis":
        yield from _labels(held.labels)


def _opened(source: Path) -> tuple[Table, str]:
    """The table in the first encoding in which all of it can be read."""
    for encoding in _ENCODINGS[:-1]:
        try:
            table = open_table(source, encoding)
            for _ in table.lines():
                pass
        except DataError as error:
            if not isinstance(error.__cause__, UnicodeError):
                raise
        else:
            return table, encoding
    return open_table(source, _ENCODINGS[-1]), _ENCODINGS[-1]


def _columns(held: Guessed, table: Table) -> Iterator[_Line]:
    if "question" not in held.roles and not TASKS[held.task].question:
        question = _QUESTIONS.get(held.task, "What does this image show?")
        yield _Line(f"question: {question}", "asked of every image: write it")
    yield _Line("columns:")
    for role in TASKS[held.task].needs:
        if role not in held.roles:
            yield _Line(f'  {role}: "?"', f"not guessed; the columns are {listed(table.columns)}")
    for role, found in held.roles.items():
        yield _role(role, found)
    if held.tags:
        tags = ", ".join(f"{_quoted(tag)}: {_quoted(column)}" for tag, column in held.tags.items())
        yield _Line(f"  tags: {{{tags}}}", "guessed: groups to report by")


def _role(role: str, found: Guess) -> _Line:
    names = [_quoted(name) for name in found.columns]
    written = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    if found.separator:
        written = f'{{column: {written}, separator: "{found.separator}"}}'
    return _Line(f"  {role}: {written}", f"guessed: {found.why}")


def _labels(counts: Mapping[str, int]) -> Iterator[_Line]:
    if not 2 <= len(counts) <= _SHOWN:
        return
    yield _Line("# Name the labels as a clinician would, with what stands in the table behind, for example")
    yield _Line("#   no retinopathy: 0, or with synonyms: {values: 0, synonyms: [healthy retina]}")
    yield _Line("labels:")
    spelt: dict[str, list[str]] = {}
    for name in counts:
        spelt.setdefault(normalise(name, "lower"), []).append(name)
    for names in spelt.values():
        values = f" [{', '.join(map(_quoted, names))}]" if len(names) > 1 else ""
        yield _Line(f"  {_quoted(names[0])}:{values}", f"{sum(counts[name] for name in names)} rows")
    if len(spelt) == 2:
        finding = min(
            (names[0] for names in reversed(spelt.values())), key=lambda n: bool(_HEALTHY.search(n))
        )
        yield _Line(f"positive: {_quoted(finding)}", "guessed: the finding of the two")


def _path(place: Path, out: Path) -> str:
    return _quoted(Path(os.path.relpath(place.resolve(), out.resolve().parent)).as_posix())


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
