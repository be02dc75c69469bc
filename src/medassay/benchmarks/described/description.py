"""What a YAML file or the header of a table says of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from medassay.benchmarks.shared.labels import Label

TaskName = Literal[
    "vqa", "yes/no", "choice", "multi-choice", "diagnosis", "multilabel", "report", "number", "box"
]
TEMPLATES = ("{}", "an image of {}.", "a medical image that shows {}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Where a value stands: in several columns, or in one whose cells a separator parts."""

    columns: tuple[str, ...] = ()
    separator: str = ""

    def __bool__(self) -> bool:
        return bool(self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which columns of the table are what; empty where none is. `tags` gives tag -> column."""

    image: Cells = Cells()
    question: Cells = Cells()
    answer: Cells = Cells()
    options: Cells = Cells()
    label: Cells = Cells()
    box: Cells = Cells()
    id: Cells = Cells()
    kind: Cells = Cells()
    patient: Cells = Cells()
    split: Cells = Cells()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are named."""
        cells = (getattr(self, f.name) for f in fields(self) if f.name != "tags")
        return (*(name for held in cells for name in held.columns), *self.tags.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A dataset in words. `base` is the folder that its paths are seen from.

    `labels` are empty where the table's own are to be taken; `values` gives what a cell says for a label.
    `places` says in which line of the file a column is named, for messages.
    """

    path: Path
    base: Path
    sha256: str
    name: str
    task: TaskName
    title: str = ""
    version: int = 1
    modality: str = "not stated"
    licence: str = "not stated"
    citation: str = "none: data of the user's own"
    may_leave: bool = False
    table: str = ""  # empty: the folders of the images are the labels
    encoding: str = "utf-8"
    images: str = "."
    suffix: str = ""  # of image names that the table writes without one
    question: str = ""
    labels: tuple[Label, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    templates: tuple[str, ...] = TEMPLATES
    positive: str = ""
    unit: str = ""
    decimal: str = ""
    missing: frozenset[str] = frozenset({""})
    roles: Roles = field(default_factory=Roles)
    places: Mapping[str, str] = field(default_factory=dict)
