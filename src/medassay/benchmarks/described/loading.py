"""From a description to samples: a table's rows, or the images of folders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from medassay.benchmarks.described.answers import alike, given, needed, one
from medassay.benchmarks.described.description import Cells, Description
from medassay.benchmarks.described.folders import SPLITS, roles_of, split_word, tree
from medassay.benchmarks.described.pieces import listed, nearest
from medassay.benchmarks.described.tables import Line, Table, open_table
from medassay.benchmarks.described.tasks import TASKS
from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import images_in
from medassay.benchmarks.shared.labels import Label, choices
from medassay.errors import DataError
from medassay.files.places import is_file, is_folder
from medassay.types import UNKNOWN_CLUSTER, Choice, Image, Sample, Where

_MOST_LABELS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A description with its files open: the table, where images lie, and the labels as options."""

    described: Description
    table: Table
    image: Callable[[str], Image]
    labels: tuple[Choice, ...]

    def split(self, line: Line) -> str:
        """The split of a row; test where no column names any.

        Raises:
            DataError: the cell is empty.
        """
        split = self.described.roles.split
        return split_word(one(self.described, line, split)) if split else SPLITS[0]

    def sample(self, line: Line) -> Sample:
        """The sample of a row.

        Raises:
            DataError: a cell is empty or wrong; names file and line.
        """
        described, roles = self.described, self.described.roles
        task = TASKS[described.task]
        images = tuple(self._images(line))
        if not images:
            raise line.fail(f"no image in {' and '.join(map(repr, roles.image.columns))}: take the row out")
        question = (
            "\n".join(needed(described, line, roles.question)) if roles.question else described.question
        )
        answer = task.answer(described, line, self.labels)
        return Sample(
            id=_identity(described, line),
            kind=answer.kind,
            question=_with_unit(question or task.question, described.unit),
            images=images,
            choices=answer.choices,
            target=answer.target,
            cluster=one(described, line, roles.patient) if roles.patient else UNKNOWN_CLUSTER,
            tags=_tags(described, line),
        )

    def _images(self, line: Line) -> Iterator[Image]:
        for column in self.described.roles.image.columns:
            if isinstance(cell := line.cells.get(column), Image):
                yield cell
                continue
            cells = Cells(columns=(column,), separator=self.described.roles.image.separator)
            yield from (
                self.image(name + self.described.suffix) for name in given(self.described, line, cells)
            )


def load(described: Description, where: Where) -> Iterator[Sample]:
    """Stream the samples of a split; paths are seen from `where.root`, else from the description's folder.

    Raises:
        DataError: a file or column is missing, a cell is empty or wrong, or an id occurs twice; names file
            and line, and says what to write instead.
    """
    source, seen, n = open_source(described, where.root, pictures=where.pictures), dict[str, str](), 0
    for line in source.table.lines():
        if source.split(line) != where.split:
            continue
        sample = source.sample(line)
        if sample.id in seen:
            raise repeated(line, sample.id, seen[sample.id])
        seen[sample.id] = line.place
        n += 1
        yield sample
    if not n:
        raise DataError(f"{source.table.path}: no row of the split {where.split!r}")


def repeated(line: Line, identity: str, before: str) -> DataError:
    """Two rows of one id."""
    return line.fail(
        f"the id {identity!r} stands at {before} already: name a column without repeats, or several: "
        "`id: [study, image]`"
    )


def open_source(described: Description, root: Path | None = None, *, pictures: bool = True) -> Source:
    """Open the table and find the labels and, unless texts are enough, the images.

    Raises:
        DataError: a file, folder or column is missing.
    """
    base = root or described.base
    if described.table:
        table = open_table(base / described.table, described.encoding)
    else:
        table = tree(base / described.images)
        described = replace(described, roles=roles_of(table))
    _check_columns(described, table)
    return Source(
        described=described,
        table=table,
        image=_images(described, base, pictures),
        labels=_labels(described, table),
    )


def splits_of(described: Description) -> tuple[str, ...]:
    """The splits that the rows name, the test split first; one called test where nothing names any.

    Where the files do not lie beside the description, its splits are not known: then the usual three.
    """
    if described.table and not described.roles.split:
        return SPLITS[:1]
    held = described.base / (described.table or described.images)
    if not (is_file(held) or is_folder(held)):
        return SPLITS
    source = open_source(described)
    if not source.described.roles.split:
        return SPLITS[:1]
    found = dict.fromkeys(source.split(line) for line in source.table.lines())
    return tuple(sorted(found, key=lambda s: (SPLITS.index(s) if s in SPLITS else len(SPLITS), s)))


def _identity(described: Description, line: Line) -> str:
    if described.roles.id:
        parts = [one(described, line, Cells(columns=(name,))) for name in described.roles.id.columns]
        return "-".join(parts)
    cell = line.text(described.roles.image.columns[0])
    return "-".join(filter(None, (described.name, str(line.number), Path(cell).stem)))


def _with_unit(question: str, unit: str) -> str:
    known = not unit or re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", question)
    return question if known else f"{question} Answer in {unit}."


def _tags(described: Description, line: Line) -> dict[str, str]:
    found = {}
    for tag, column in described.roles.tags.items():
        value = line.text(column)
        if value in described.missing:
            continue
        read = {"sex": tags.sex, "age_group": tags.age_group}.get(tag)
        found[tag] = (read(value.replace(",", ".")) if read else "") or value
    return found


def _check_columns(described: Description, table: Table) -> None:
    roles, task = described.roles, TASKS[described.task]
    for role in task.needs:
        if not getattr(roles, role):
            raise DataError(
                f"{described.path}: a {described.task} needs `{role}:` under `columns:`. The columns of "
                f"{table.path.name} are {listed(table.columns)}"
            )
    if not (roles.question or described.question or task.question):
        raise DataError(
            f"{described.path}: a {described.task} needs a question: `question:` under `columns:`, or one "
            "for all rows outside it"
        )
    for column in roles.columns:
        if column not in table.columns:
            place = described.places.get(column, str(described.path))
            raise DataError(
                f"{place}: {table.path.name} has no column {column!r}: {nearest(column, table.columns)}"
            )


def _labels(described: Description, table: Table) -> tuple[Choice, ...]:
    """The labels that the description names, else those of the table, sorted."""
    if described.task not in {"diagnosis", "multilabel"}:
        return ()
    labels = described.labels
    cells = described.roles.label
    if not labels and len(cells.columns) > 1:
        labels = tuple(Label(name=column) for column in cells.columns)
    elif not labels:
        found = set(chain.from_iterable(given(described, line, cells) for line in table.lines()))
        if len(found) > _MOST_LABELS:
            raise DataError(
                f"{table.path}: {len(found)} different labels in {cells.columns[0]!r}, which is more than "
                f"{_MOST_LABELS}: is it the right column? If so, write them down under `labels:`"
            )
        labels = tuple(Label(name=name) for name in sorted(found))
    if len(labels) < 2:
        raise DataError(
            f"{table.path}: {len(labels)} labels: at least 2 are needed; write all under `labels:`"
        )
    if pair := alike([label.name for label in labels]):
        raise DataError(
            f"{table.path}: the labels {pair[0]!r} and {pair[1]!r} read the same: write one under `labels:`, "
            f"with both as its values: `{pair[0]}: {{values: [{pair[0]}, {pair[1]}]}}`"
        )
    if len(cells.columns) > 1:
        shown = {described.values.get(column, column) for column in cells.columns}
        if absent := [label.name for label in labels if label.name not in shown]:
            raise DataError(
                f"{described.path}: no column of `label:` shows the label {absent[0]!r}: name one"
            )
    return choices(labels, described.templates)


def _images(described: Description, base: Path, needed: bool) -> Callable[[str], Image]:
    """A missing folder is one line; a missing file is a row that fails when its image is opened."""
    where = base / described.images
    hint = f"Write where they lie in {described.path} (`images:`), as seen from there."
    if is_folder(where):
        return lambda name: Image(uri=str(where / name))
    packed = where.suffix.lower() == ".zip"
    folders, archives = ((), (described.images,)) if packed else ((described.images,), ())
    return images_in(base, folders, archives, hint, needed=needed)
