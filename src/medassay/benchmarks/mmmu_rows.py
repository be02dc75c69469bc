"""What the rows of MMMU and MMMU-Pro share: images that the text names, and options as a string."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from medassay.benchmarks.shared.files import Record, parquet_image
from medassay.benchmarks.shared.options import Lettered, by_letter
from medassay.benchmarks.shared.tags import present
from medassay.errors import DataError
from medassay.types import Image

SUBJECTS = (
    "Basic_Medical_Science",
    "Clinical_Medicine",
    "Diagnostics_and_Laboratory_Medicine",
    "Pharmacy",
    "Public_Health",
)
"""The subjects of the discipline Health & Medicine."""

IMAGES = tuple(f"image_{n}" for n in range(1, 8))
_PLACEHOLDER = re.compile(r"<image (\d+)>")


def listed(value: Any, row: str) -> list[str]:
    """A list that the files hold as the string of a Python list, or as a list.

    Raises:
        DataError: it is neither.
    """
    try:
        held = ast.literal_eval(value) if isinstance(value, str) else value
    except (ValueError, SyntaxError) as error:
        raise DataError(f"{row}: {value[:80]!r} is not the string of a list; get the file again.") from error
    if not isinstance(held, list):
        raise DataError(f"{row}: {value!r} is not a list; get the file again.")
    return [str(item) for item in held]


def options(value: Any, gold: str, row: str) -> Lettered:
    """The options of a row, in their order, and its answer.

    Raises:
        DataError: they are no list, or the answer is none of their letters.
    """
    return by_letter(dict(zip(ascii_uppercase, listed(value, row), strict=False)), gold, row)


def images(path: Path, index: int, record: Record) -> dict[int, Image]:
    """The images of a row by the number that its text calls them by.

    Raises:
        DataError: one holds no bytes.
    """
    return {
        int(column.removeprefix("image_")): parquet_image(path, index, record, column)
        for column in IMAGES
        if record.get(column) is not None
    }


def numbered(text: str, held: dict[int, Image], row: str) -> str:
    """The text with `<image n>` for the nth image of the row, also where its numbers leave one out.

    Raises:
        DataError: it names an image that the row does not have.
    """
    places = {number: place for place, number in enumerate(held, start=1)}

    def place(match: re.Match[str]) -> str:
        if int(match[1]) not in places:
            raise DataError(f"{row}: {match[0]} is named and the row has no image_{match[1]}.")
        return f"<image {places[int(match[1])]}>"

    return _PLACEHOLDER.sub(place, text)


def tags(record: Record, subject: str, row: str) -> dict[str, str]:
    """Subject, subfield, kind of image and difficulty, where the row has them."""
    image_type = "+".join(listed(record.get("img_type") or [], row))
    return present(
        subject=subject,
        subfield=record.get("subfield"),
        image_type=image_type,
        difficulty=record.get("topic_difficulty"),
    )
