"""The images of locked studies, where all that learns looks before it begins.

`study lock` leaves a file in `.medassay/locks` (or `$MEDASSAY_LOCKS`); training, the choice among wordings
and examples in a prompt refuse an image that one of them holds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from medassay.errors import DataError, ImageError
from medassay.images import resolve
from medassay.reporting.files import write_text
from medassay.types import Sample


def register(name: str, *, study: str, title: str, images: Iterable[str]) -> Path:
    """Leave word that these images (by digest) are locked; `name` is the lock's hash.

    Raises:
        StoreError: the file cannot be written.
    """
    path = _place() / f"{name[:16]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    held = {"study": study, "title": title, "images": sorted(set(images))}
    return write_text(path, json.dumps(held, ensure_ascii=False, indent=0) + "\n")


def refuse_locked(images: Collection[str], *, doing: str) -> None:
    """Stop before something is learned from a locked image.

    Args:
        images: digests of what is to be learned from.
        doing: the beginning of the sentence: "training".

    Raises:
        DataError: an image is of a locked study's test part, or a lock's file cannot be read.
    """
    for path in sorted(_place().glob("*.json")):
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            shared = set(held["images"]) & set(images)
            title, study = held["title"], held["study"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path} cannot be read, and it may lock what is to be learned from: mend it, or take it "
                "away if its study is over"
            ) from error
        if shared:
            raise DataError(
                f"{doing} would use {len(shared)} images of the locked part of study {title!r} ({study}): "
                f"what is learned from cannot be tested on. If that study is over, take {path} away"
            )


def refuse_locked_samples(samples: Iterable[Sample], *, doing: str) -> None:
    """The same for the images of samples, which are read only where something is locked.

    Raises:
        DataError: see `refuse_locked`.
    """
    if not any(_place().glob("*.json")):
        return
    found = set[str]()
    for image in {image for sample in samples for image in sample.images}:
        with suppress(ImageError):  # nothing is learned from what cannot be read
            found.add(resolve(image).digest or "")
    refuse_locked(found, doing=doing)


def _place() -> Path:
    return Path(os.environ.get("MEDASSAY_LOCKS", ".medassay/locks"))
