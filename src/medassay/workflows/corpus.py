"""A folder of texts to retrieve from: reports or descriptions, with or without images."""

from __future__ import annotations

from pathlib import Path

from medassay.errors import DataError
from medassay.solvers.context import Solved
from medassay.types import UNKNOWN_CLUSTER, Case, Image

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".dcm", ".nii", ".nii.gz")


def read_texts(folder: Path) -> list[Solved]:
    """Each `NAME.txt` (UTF-8) below a folder, with the images `NAME.png`, `.jpg`, `.dcm` and so on beside it.

    The sub-folder that a text lies in is its patient, as the benchmark calls its clusters; what lies in the
    folder itself is of nobody known.

    Raises:
        DataError: no such folder, no text in it, or one that is no UTF-8; names it.
    """
    found = []
    for path in sorted(folder.rglob("*.txt")):
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: cannot be read as UTF-8 ({error})") from error
        within = path.parent.relative_to(folder)
        pictures = [path.with_name(path.stem + ending) for ending in _PICTURES]
        case = Case(
            id=path.relative_to(folder).with_suffix("").as_posix(),
            kind="report",
            question="",
            images=tuple(Image(uri=str(picture)) for picture in pictures if picture.is_file()),
            cluster=within.as_posix() if within.parts else UNKNOWN_CLUSTER,
        )
        found.append(Solved(case=case, answer=text.strip()))
    if not found:
        raise DataError(f"{folder}: no .txt files to retrieve from")
    return found
