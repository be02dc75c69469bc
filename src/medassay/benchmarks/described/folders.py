"""Folders of images whose names are the labels: `images/[split/]label/.../image`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from medassay.benchmarks.described.description import Cells, Roles
from medassay.benchmarks.described.tables import Line, Table
from medassay.errors import DataError
from medassay.files.places import is_folder

SPLITS = ("test", "validation", "train")
IMAGE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"),
    *(".dcm", ".dicom", ".nii", ".nii.gz"),
)
_SPLIT_WORDS = {
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "dev": "validation",
    "training": "train",
}
_IMAGE, _LABEL, _SPLIT = "image", "label", "split"


def split_word(word: str) -> str:
    """The usual name of a split, whatever a file calls it (val, Training, ...)."""
    lower = word.strip().lower()
    return _SPLIT_WORDS.get(lower, lower)


def tree(top: Path) -> Table:
    """The folders as a table: image, label and, where all folders at the top are splits, split.

    Raises:
        DataError: there is no such folder, or no folder in it.
    """
    if not is_folder(top):
        raise DataError(f"{top}: no such folder: write where the images lie (`images:`)")
    folders = sorted(path.name for path in top.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not folders:
        raise DataError(
            f"{top}: no subfolders: their names are the labels; or name a `table:` with the labels"
        )
    depth = int(all(split_word(name) in SPLITS for name in folders))

    def lines() -> Iterator[Line]:
        number = 0
        for path in images_below(top):
            parts = path.relative_to(top).parts
            if len(parts) < depth + 2:
                continue
            number += 1
            cells = {_IMAGE: "/".join(parts), _LABEL: parts[depth], _SPLIT: parts[0]}
            yield Line(number=number, place=str(path), cells=cells)

    return Table(path=top, columns=(_IMAGE, _LABEL, _SPLIT)[: 2 + depth], lines=lines)


def roles_of(table: Table) -> Roles:
    """What the columns of a tree are; an image is known by its path."""
    image = Cells(columns=(_IMAGE,))
    split = Cells(columns=(_SPLIT,)) if _SPLIT in table.columns else Cells()
    return Roles(image=image, id=image, label=Cells(columns=(_LABEL,)), split=split)


def images_below(top: Path) -> list[Path]:
    """The images in a folder and below it, sorted; hidden ones are left out."""
    return sorted(
        path
        for path in top.rglob("*")
        if path.is_file()
        and _is_image(path)
        and not any(part.startswith(".") for part in path.relative_to(top).parts)
    )


def _is_image(path: Path) -> bool:
    """By its name, or, as scanners export DICOM without a proper one, by its first bytes."""
    name = path.name.lower()
    if name.endswith(IMAGE_SUFFIXES):
        return True
    if not re.fullmatch(r"[^.]*|[\d.]+", name):
        return False
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"
