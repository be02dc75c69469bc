"""What people say of rows: a file of lines beside the rows, to which lines are only ever added.

Two reviewers at once lose nothing: a line is written under a lock, whole, and is on the disk when the
reviewer is told so. Who changes their mind adds a line; the last of a reviewer on a row holds.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, get_args

import yaml

from medassay import codec
from medassay.errors import DataError, StoreError
from medassay.files import durable
from medassay.types import Row

Verdict = Literal["right", "wrong", "bad question", "unsure"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
FILE = "reviews.jsonl"
MOST = 4000  # characters of a note
_PATIENCE = 30  # seconds to wait for another reviewer's line


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's word on one row. `blind`: the model's name was hidden. `key`: what they say is right.

    `at` is the time in UTC, ISO 8601.
    """

    id: str
    reviewer: str
    verdict: Verdict
    note: str = ""
    key: str = ""
    blind: bool = False
    at: str = ""

    def __post_init__(self) -> None:
        """Check what came from a form.

        Raises:
            DataError: no id, no reviewer, no such verdict, or a note that is too long.
        """
        if not self.id or not self.reviewer.strip():
            raise DataError("a review needs the id of its row and the name of the reviewer")
        if self.verdict not in VERDICTS:
            raise DataError(f"no verdict {self.verdict!r}: it is one of {', '.join(VERDICTS)}")
        if max(map(len, (self.note, self.key, self.reviewer))) > MOST:
            raise DataError(f"a note of more than {MOST} characters: put the text elsewhere and name it")


def add(run: Path, review: Review) -> None:
    """Write a review down.

    Raises:
        StoreError: the file cannot be written; what was in it is as it was.
    """
    from filelock import FileLock, Timeout

    line = (json.dumps(asdict(review)) + "\n").encode()
    try:
        with FileLock(run / ".reviews.lock", timeout=_PATIENCE):
            durable.append(run / FILE, line)
    except Timeout as error:
        raise StoreError(f"{run / FILE} is held by another process: review the row again") from error
    except OSError as error:
        raise StoreError(f"{run / FILE} cannot be written ({error.strerror or error})") from error


def read(run: Path) -> list[Review]:
    """All reviews of a run, in the order in which they were made; none where there is no file.

    Raises:
        DataError: a line is damaged; names it.
    """
    path = run / FILE
    if not path.exists():
        return []
    held = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            held.append(Review(**codec.loads(line)))
        except (ValueError, TypeError, AttributeError, DataError) as error:
            raise DataError(f"{path}, line {number}: no review ({error}): mend or remove the line") from error
    return held


def latest(reviews: Iterable[Review]) -> list[Review]:
    """The last of each reviewer on each row."""
    return list({(review.id, review.reviewer): review for review in reviews}.values())


def table(reviews: Sequence[tuple[str, str, Review]]) -> str:
    """Reviews with the key of the run and its model before them, as CSV.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [field.name for field in fields(Review)]
    writer.writerow(["run", "model", *names])
    writer.writerows(
        [_inert(str(cell)) for cell in (run, model, *(getattr(review, name) for name in names))]
        for run, model, review in reviews
    )
    return text.getvalue()


def errata(benchmark: str, marked: Sequence[tuple[str, Review, Row]]) -> str:
    """Entries of an errata overlay for the questions that were called bad (docs/errata.md).

    A key that a reviewer gave is the corrected one; where none was given, or several that differ, no key can
    be trusted. They are an offer: evidence is for people to add.

    Args:
        benchmark: whose overlay.
        marked: the key of the run, the review, and the row.
    """
    by_id: dict[str, list[tuple[str, Review, Row]]] = {}
    for run, review, row in marked:
        if review.verdict == "bad question":
            by_id.setdefault(review.id, []).append((run, review, row))
    return yaml.safe_dump(
        {
            "benchmark": benchmark,
            "version": 1,
            "corrections": [_entry(name, held) for name, held in by_id.items()],
        },
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )


def _entry(name: str, held: Sequence[tuple[str, Review, Row]]) -> dict[str, object]:
    people = dict.fromkeys(review.reviewer for _, review, _ in held)
    notes = dict.fromkeys(review.note for _, review, _ in held if review.note)
    keys = {review.key for _, review, _ in held}
    entry: dict[str, object] = {"ids": [name], "published": list(held[0][2].sample.target.texts)}
    if len(keys) == 1 and (key := keys.pop()):
        entry["corrected"] = [key]
    runs = ", ".join(dict.fromkeys(run for run, _, _ in held))
    return entry | {
        "who": ", ".join(people),
        "why": "; ".join(notes) or "called a bad question",
        "evidence": f"reviewed in run {runs}",
    }


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
