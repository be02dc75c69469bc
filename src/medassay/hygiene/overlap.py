"""What two parts share that they should not: samples, patients, images, questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from medassay.hygiene.findings import SHOWN, Finding, Pair, Severity, Sight, of
from medassay.hygiene.near import Near, near_duplicates
from medassay.hygiene.parts import Item, Part

Key = TypeVar("Key", bound=Hashable)

_LIKENESSES = 0.01  # of the images: fewer that look almost alike need a look, and are not yet a leak
_TELLING = 5  # characters: a shorter name ("12") stands in any set


@dataclass(frozen=True, slots=True)
class Shared:
    """The images of one part that stand in another: byte for byte, nearly (the nearest), by name alone."""

    exact: tuple[str, ...]
    near: tuple[Near, ...]
    named: tuple[tuple[str, str], ...]


def overlap(part: Part, other: Part) -> Iterator[Finding]:
    """Every way in which `part`, on which models are judged, can be known from `other`."""
    yield _ids(part, other)
    yield cluster_overlap(part, other)
    if part.images and other.images:
        yield from image_overlap(part, other)
    yield _questions(part, other)


def image_overlap(part: Part, other: Part) -> Iterator[Finding]:
    """The images they share: byte for byte, nearly, and, as weak evidence, by the name of the file."""
    shared = shared_images(part, other)
    readable = all(any(seen.read for seen in side.images.values()) for side in (part, other))
    if readable:
        exact = [(key, key, "equal bytes") for key in shared.exact]
        yield _images("exact image", "also stand byte for byte in", exact, part, other)
        near = [(one.first, one.second, alike(one)) for one in shared.near]
        found = _images("near-duplicate image", "look almost like one of", near, part, other)
        few = 0 < found.count <= _LIKENESSES * found.total
        yield replace(found, severity="warning") if few else found
    if shared.named or not readable:
        named = [(one, another, "equal file names") for one, another in shared.named]
        way = "share the name of their file, weak evidence, with one of"
        found = _images("file name", way, named, part, other)
        yield replace(found, severity="warning") if found.count else found


def shared_images(part: Part, other: Part) -> Shared:
    """The images of `part` that stand in `other`; none is counted in two ways."""
    exact = {key: key for key, seen in part.images.items() if seen.read and key in other.images}
    left = {key: look for key, look in part.looks.items() if key not in exact}
    near: dict[str, Near] = {}
    for found in near_duplicates(left, other.looks):
        near.setdefault(found.first, found)
    names, others = _names(part), _names(other)
    # two files that could both be read and differ are known to differ, whatever their names
    named = tuple(
        (key, others[name])
        for name, key in names.items()
        if name in others
        and key not in exact
        and key not in near
        and not (part.images[key].read and other.images[others[name]].read)
    )
    return Shared(tuple(exact), tuple(near.values()), named)


def alike(near: Near) -> str:
    """`2 of 64 bits differ, correlation 0.998`."""
    return f"{near.distance} of 64 bits differ, correlation {near.correlation:.3f}"


def first_sights(part: Part) -> dict[str, Sight]:
    """Where each image is seen first."""
    found: dict[str, Sight] = {}
    for item in part.items:
        for place, key in enumerate(item.images):
            found.setdefault(key, Sight(part=part.name, id=item.sample.id, image=place))
    return found


def _names(part: Part) -> dict[str, str]:
    """The key of each file name that says something: one that several files share ("source") does not."""
    held = [
        (seen.name, key)
        for key, seen in part.images.items()
        if len(seen.name) >= _TELLING and any(c.isdigit() for c in seen.name)
    ]
    counts = Counter(name for name, _ in held)
    return {name: key for name, key in held if counts[name] == 1}


def _ids(part: Part, other: Part) -> Finding:
    return _samples(
        f"sample id: {part.name} in {other.name}", "by its id", part, other, lambda item: item.sample.id
    )


def _questions(part: Part, other: Part) -> Finding:
    way = "with the same images and the same question"
    return _samples(f"image and question: {part.name} in {other.name}", way, part, other, lambda i: i.asked)


def _samples(check: str, way: str, part: Part, other: Part, same: Callable[[Item], Hashable]) -> Finding:
    held = _first(other, same)
    found = [(item, held[same(item)]) for item in part.items if same(item) in held]
    stands = f"also stand in {other.name} {way}" if found else f"stands in {other.name} {way}"
    many = (
        f"{of(len(found), len(part.items))} samples of {part.name}" if found else f"No sample of {part.name}"
    )
    pairs = tuple(
        Pair(first=_at(part, a), second=_at(other, b), detail=way.removeprefix("with "))
        for a, b in found[:SHOWN]
    )
    return Finding(
        check=check,
        severity=_severity(other, found),
        sentence=f"{many} {stands}.",
        count=len(found),
        total=len(part.items),
        pairs=pairs,
    )


def cluster_overlap(part: Part, other: Part) -> Finding:
    """The patients (or what else a cluster is) that they share."""
    check = f"cluster: {part.name} in {other.name}"
    if not part.clusters or not other.clusters:
        return Finding(
            check=check,
            severity="note",
            sentence=f"Clusters (patients) of {part.name} and {other.name} are unknown: not compared.",
        )
    both = part.clusters & other.clusters
    items = [item for item in part.items if item.sample.cluster in both]
    sentence = f"No cluster of {part.name} (by {part.unit}) stands in {other.name}."
    if both:
        sentence = (
            f"{of(len(both), len(part.clusters))} clusters of {part.name} (by {part.unit}) also stand in "
            f"{other.name}; {of(len(items), len(part.items))} of its samples belong to them."
        )
    ours, theirs = (_first(side, lambda item: item.sample.cluster) for side in (part, other))
    pairs = [
        Pair(first=_at(part, item), second=_at(other, theirs[name]), detail="one cluster")
        for name, item in ours.items()
        if name in both
    ]
    return Finding(
        check=check,
        severity=_severity(other, both),
        sentence=sentence,
        count=len(both),
        total=len(part.clusters),
        pairs=tuple(pairs[:SHOWN]),
    )


def _severity(other: Part, found: object) -> Severity:
    if not found:
        return "clear"
    return "problem" if other.training else "warning"


def _images(check: str, way: str, found: list[tuple[str, str, str]], part: Part, other: Part) -> Finding:
    """The finding of images of `part`, each with that of `other` and how the two are alike."""
    held, total = {key for key, _, _ in found}, len(part.images)
    sentence = f"None of the {total:,} images of {part.name} {way} {other.name}."
    if held:
        items = sum(not held.isdisjoint(item.images) for item in part.items)
        sentence = (
            f"{of(len(held), total)} images of {part.name} {way} {other.name}; "
            f"{of(items, len(part.items))} of its samples use them."
        )
    first, second = (first_sights(side) if found else {} for side in (part, other))
    return Finding(
        check=f"{check}: {part.name} in {other.name}",
        severity=_severity(other, found),
        sentence=sentence,
        count=len(held),
        total=total,
        pairs=tuple(Pair(first=first[a], second=second[b], detail=text) for a, b, text in found[:SHOWN]),
    )


def _first(part: Part, same: Callable[[Item], Key]) -> dict[Key, Item]:
    """The first item of each kind."""
    found: dict[Key, Item] = {}
    for item in part.items:
        found.setdefault(same(item), item)
    return found


def _at(part: Part, item: Item) -> Sight:
    return Sight(part=part.name, id=item.sample.id, image=0 if item.images else None)
