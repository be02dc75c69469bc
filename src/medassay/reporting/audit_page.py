"""An audit as a page: what was found, the worst first, with the offending images side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from medassay.hygiene import Audit, Finding, Pair, Sight
from medassay.reporting import words
from medassay.reporting.examples import gold
from medassay.reporting.files import write_text
from medassay.reporting.templating import fill
from medassay.reporting.thumbnails import Thumbnail, thumbnail
from medassay.types import Image, Sample

Samples = Mapping[tuple[str, str], Sample]
"""By part and id, those that a page may show."""

_TITLES = {"problem": "Problems", "warning": "Warnings", "note": "Notes"}
_MEANINGS = {
    "problem": "A number from this benchmark cannot be believed before these are dealt with.",
    "warning": "What a reader of the number must know.",
    "note": "What the numbers stand beside.",
}
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One side of a pair. `picture` None: the sample has no image; `held_back`: it must not be shown."""

    part: str
    id: str = ""
    question: str = ""
    answer: str = ""
    picture: Thumbnail | None = None
    held_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding in the words of the page; `more` pairs or samples are not shown."""

    finding: Finding
    pairs: tuple[tuple[Shown, Shown, str], ...]
    singles: tuple[Shown, ...]
    example: str
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings of one severity."""

    title: str
    meaning: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that the template reads."""

    title: str
    audit: Audit
    groups: tuple[Group, ...]
    clear: tuple[str, ...]
    reserved: bool


def sights(audit: Audit) -> Iterator[Sight]:
    """What the page of an audit shows, where it may."""
    for finding in audit.findings:
        yield from finding.sights
        for pair in finding.pairs:
            yield from (pair.first, pair.second)


def write_audit(path: Path, audit: Audit, samples: Samples, *, reserved: Collection[str] = ()) -> Path:
    """Write the page of an audit.

    Args:
        path: the file.
        audit: what was found.
        samples: those of `sights` that can be shown, with their images.
        reserved: the parts whose data must not leave: of them the page has counts, no ids, no questions
            and no pictures, and says so.

    Raises:
        StoreError: the file cannot be written.
    """
    return write_text(path, render(audit, samples, reserved=reserved))


def render(audit: Audit, samples: Samples, *, reserved: Collection[str] = ()) -> str:
    """The page as text: equal audits give equal pages."""
    open_samples = {place: sample for place, sample in samples.items() if place[0] not in reserved}
    groups = []
    for severity, title in _TITLES.items():
        found = [f for f in audit.findings if f.severity == severity]
        views = tuple(_view(f, open_samples, frozenset(reserved)) for f in found)
        groups += [Group(title=title, meaning=_MEANINGS[severity], findings=views)] if views else []
    page = Page(
        title=f"Audit of {words.printable(audit.title)}",
        audit=audit,
        groups=tuple(groups),
        clear=tuple(f.sentence for f in audit.findings if f.severity == "clear"),
        reserved=bool(reserved),
    )
    return fill("audit.html.j2", page=page)


def _view(finding: Finding, samples: Samples, reserved: frozenset[str]) -> FindingView:
    shown = len(finding.pairs) or len(finding.sights)
    return FindingView(
        finding=finding,
        pairs=tuple(_pair(pair, samples, reserved) for pair in finding.pairs),
        singles=tuple(_shown(sight, samples, reserved) for sight in finding.sights),
        example="" if reserved else words.printable(finding.example),
        more=max(0, finding.count - shown) if shown else 0,
    )


def _pair(pair: Pair, samples: Samples, reserved: frozenset[str]) -> tuple[Shown, Shown, str]:
    first, second = (_shown(sight, samples, reserved) for sight in (pair.first, pair.second))
    return first, second, words.printable(pair.detail)


def _shown(sight: Sight, samples: Samples, reserved: frozenset[str]) -> Shown:
    part = words.printable(sight.part)
    if sight.part in reserved:
        return Shown(part=part, held_back=True)
    sample = samples.get((sight.part, sight.id))
    if sample is None:
        return Shown(part=part, id=words.printable(sight.id))
    has_image = sight.image is not None and sight.image < len(sample.images)
    return Shown(
        part=part,
        id=words.printable(sight.id),
        question=_short(words.printable(sample.question)),
        answer=_short(gold(sample)),
        picture=_small(sample.images[sight.image or 0]) if has_image else None,
    )


@lru_cache(maxsize=256)
def _small(image: Image) -> Thumbnail:
    return thumbnail(image)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
