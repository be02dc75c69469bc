"""Reporting guidelines as data: what each asks for, in our words, and where a study's report answers it.

The guidelines' own sentences are theirs and are not here: fill in their forms from this table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMES = ("stard-2015", "stard-ai", "claim", "tripod-llm")
GAP = "needs the authors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One item. `answer` names what a report knows ("flow"), "" where only the authors know."""

    number: str
    topic: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A guideline; `note` says what of it could not be confirmed."""

    title: str
    source: str
    note: str
    items: Sequence[Asked]


@cache
def read(name: str) -> Checklist:
    """One of `NAMES`."""
    import yaml

    held = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
    items = [Asked(number=str(n), topic=topic, answer=answer or "") for n, topic, answer in held["items"]]
    return Checklist(title=held["title"], source=held["source"], note=held["note"] or "", items=items)


def filled(checklist: Checklist, answers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Number, topic and where or how it is answered; what nobody stated is a gap and says so."""
    return [(asked.number, asked.topic, answers.get(asked.answer, "") or GAP) for asked in checklist.items]
