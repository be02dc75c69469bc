"""What two parts share that they should not: samples, patients, images, questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from medassay.hygiene.findings import SHOWN, Finding, Pair, Severity, Sight, of
from medassay.hygiene.near import Near, near_duplicates
from medassay.hygiene.parts import Item, Part

_LIKENESSES = 0.01  # of the images: fewer that look almost alike need a look, and are not yet a leak
_TELLING = 5  # characters: a shorter name ("12") stands in any set


@dataclass(frozen=True, slots=True)
class Shared:
    """The images of one part that stand in another: byte for byte, nearly, and by name alone."""

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
    total = len(part.images)
    readable = all(any(seen.read for seen in side.images.values()) for side in (part, other))
    if readable:
        yield _found(
            f"exact image: {part.name} in {other.name}",
            _severity(other, shared.exact),
            _sentence(part, other, shared.exact, "also stand byte for byte in"),
            (len(shared.exact), total),
            [(key, key, "equal bytes") for key in shared.exact],
            (part, other),
        )
        near = list(dict.fromkeys(one.first for one in shared.near))
        best = {one.first: one for one in reversed(shared.near)}
        yield _found(
            f"near-duplicate image: {part.name} in {other.name}",
            _severity(other, near) if len(near) > _LIKENESSES * total or not near else "warning",
            _sentence(part, other, near, "look almost like one of"),
            (len(near), total),
            [(key, best[key].second, alike(best[key])) for key in near],
            (part, other),
        )
    if shared.named or not readable:
        names = [key for key, _ in shared.named]
        text = _sentence(part, other, names, "share the name of their file, weak evidence, with one of")
        yield _found(
            f"file name: {part.name} in {other.name}",
            "warning" if names else "clear",
            text,
            (len(names), total),
            [(a, b, "equal file names") for a, b in shared.named],
            (part, other),
        )


def shared_images(part: Part, other: Part) -> Shared:
    """The images of `part` that stand in `other`; none is counted in two ways."""
    exact = tuple(key for key, seen in part.images.items() if seen.read and key in other.images)
    left = {key: look for key, look in part.looks.items() if key not in set(exact)}
    near = tuple(near_duplicates(left, other.looks))
    known = {*exact, *(one.first for one in near)}
    names, others = _names(part), _names(other)
    # two files that could both be read and differ are known to differ, whatever their names
    named = tuple(
        (key, others[name])
        for name, key in names.items()
        if name in others
        and key not in known
        and not (part.images[key].read and other.images[others[name]].read)
    )
    return Shared(exact, near, named)


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
    held: dict[Hashable, Item] = {}
    for item in other.items:
        held.setdefault(same(item), item)
    found = [(item, held[same(item)]) for item in part.items if same(item) in held]
    total = len(part.items)
    stands = f"also stand in {other.name} {way}" if found else f"stands in {other.name} {way}"
    many = f"{of(len(found), total)} samples of {part.name}" if found else f"No sample of {part.name}"
    pairs = tuple(
        Pair(first=_at(part, a), second=_at(other, b), detail=way.removeprefix("with "))
        for a, b in found[:SHOWN]
    )
    return Finding(
        check=check,
        severity=_severity(other, found),
        sentence=f"{many} {stands}.",
        count=len(found),
        total=total,
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
            f"{other.name}; "
            f"{of(len(items), len(part.items))} of its samples belong to them."
        )
    first: dict[str, Item] = {}
    for item in other.items:
        first.setdefault(item.sample.cluster, item)
    distinct = {item.sample.cluster: item for item in reversed(items)}
    pairs = [
        Pair(first=_at(part, item), second=_at(other, first[name]), detail="one cluster")
        for name, item in reversed(distinct.items())
    ]
    return Finding(
        check=check,
        severity=_severity(other, both),
        sentence=sentence,
        count=len(both),
        total=len(part.clusters),
        pairs=tuple(pairs[:SHOWN]),
    )


def _sentence(part: Part, other: Part, keys: Iterable[str], way: str) -> str:
    held = set(keys)
    if not held:
        return f"None of the {len(part.images):,} images of {part.name} {way} {other.name}."
    items = sum(not held.isdisjoint(item.images) for item in part.items)
    return (
        f"{of(len(held), len(part.images))} images of {part.name} {way} {other.name}; "
        f"{of(items, len(part.items))} of its samples use them."
    )


def _severity(other: Part, found: object) -> Severity:
    if not found:
        return "clear"
    return "problem" if other.training else "warning"


def _found(
    check: str,
    severity: Severity,
    sentence: str,
    counts: tuple[int, int],
    keys: list[tuple[str, str, str]],
    parts: tuple[Part, Part],
) -> Finding:
    first, second = (first_sights(part) if keys else _nowhere() for part in parts)
    return Finding(
        check=check,
        severity=severity,
        sentence=sentence,
        count=counts[0],
        total=counts[1],
        pairs=tuple(Pair(first=first[a], second=second[b], detail=text) for a, b, text in keys[:SHOWN]),
    )


def _nowhere() -> Mapping[str, Sight]:
    return {}


def _at(part: Part, item: Item) -> Sight:
    return Sight(part=part.name, id=item.sample.id, image=0 if item.images else None)
