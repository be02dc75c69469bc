"""What every importer gives: answers with whatever the file says of the questions they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medassay.types import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a file.

    `id` is as the file names its row; `where` is the place in the file ("answers.jsonl:7"), for messages.
    `question`, `gold`, `image` (a file name) and `options` (letter or label to text) are what the file tells
    of the sample, "" or empty where it tells nothing: an answer is matched to its sample by them where ids do
    not agree. `claimed` are the scores that the file itself gives the row, by name. `number` is the option
    that was chosen, counted from 0, where the file names it in no other way.
    """

    id: str
    response: Response
    where: str = ""
    question: str = ""
    gold: str = ""
    image: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    claimed: Mapping[str, float] = field(default_factory=dict)
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The answers of one file or folder.

    `format` names the importer. `model` and `asked` (the protocol in whose words it was asked) are "" where
    the file does not say. `claimed` are the numbers that it, or a summary beside it, claims over all rows.
    `notes` are what a reader must know: stubs, repeated rows, failure strings that pose as answers.
    """

    format: str
    answers: tuple[Answer, ...]
    sha256: str
    model: str = ""
    asked: str = ""
    claimed: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
