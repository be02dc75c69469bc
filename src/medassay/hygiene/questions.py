"""What is wrong inside one part: repeated and contradictory questions, missing keys and images, twins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from medassay.hygiene.findings import SHOWN, Finding, Pair, Severity, Sight, of
from medassay.hygiene.near import near_duplicates
from medassay.hygiene.overlap import alike, first_sights
from medassay.hygiene.parts import Item, Part
from medassay.types import UNKNOWN_CLUSTER, Kind

_IN_WORDS: frozenset[Kind] = frozenset({"open", "closed", "report"})  # two answers may say the same


def inside(part: Part) -> Iterator[Finding]:
    """Every check of a part by itself, but for its answers and labels."""
    yield _faults(part)
    yield unread(part)
    yield from _repeated(part)
    if part.looks:
        yield _twins(part)


def _faults(part: Part) -> Finding:
    found = [item for item in part.items if item.fault]
    total = len(part.items)
    sentence = f"Every key of {part.name} is there and is one of the options."
    if found:
        sentence = (
            f"{of(len(found), total)} samples of {part.name} have no key, or one that is none of their "
            "options."
        )
    return Finding(
        check=f"key: {part.name}",
        severity="problem" if found else "clear",
        sentence=sentence,
        count=len(found),
        total=total,
        sights=_sights(part, found),
        example=f"{found[0].sample.id}: {found[0].fault}" if found else "",
    )


def unread(part: Part) -> Finding:
    """Images that are not there or broken, and samples without any where others have some."""
    broken = {key: seen.problem for key, seen in part.images.items() if seen.problem}
    total = len(part.items)
    items = [item for item in part.items if broken.keys() & item.images]
    bare = [item for item in part.items if not item.images] if part.images else []
    said = []
    if broken:
        said.append(
            f"{of(len(broken), len(part.images))} images of {part.name} cannot be opened, so nothing is "
            f"known of them; {of(len(items), total)} samples need them."
        )
    if bare:
        said.append(f"{of(len(bare), total)} samples of {part.name} have no image.")
    clear = f"Every image of {part.name} can be opened." if part.images else f"{part.name} has no images."
    return Finding(
        check=f"images: {part.name}",
        severity=("note" if part.training else "problem") if broken else "note" if bare else "clear",
        sentence=" ".join(said) or clear,
        count=len(broken),
        total=len(part.images),
        sights=_sights(part, items or bare),
        example=next(iter(broken.values()), ""),
    )


def _repeated(part: Part) -> Iterator[Finding]:
    """The same question about the same images: once more, or with another answer."""
    groups: defaultdict[object, list[Item]] = defaultdict(list)
    for item in part.items:
        groups[item.asked].append(item)
    several = [group for group in groups.values() if len(group) > 1]
    repeats = [(group[0], item) for group in several for item in group[1:]]
    total = len(part.items)
    yield Finding(
        check=f"repeated question: {part.name}",
        severity="clear" if not repeats else "note" if part.training else "warning",
        sentence=f"{of(len(repeats), total)} samples of {part.name} ask what another already asks of the "
        "same images."
        if repeats
        else f"No question of {part.name} is asked twice of the same images.",
        count=len(repeats),
        total=total,
        pairs=_pairs(part, repeats, "asked twice"),
    )
    yield _contradictions(part, several, len(groups))


def _contradictions(part: Part, several: Sequence[Sequence[Item]], total: int) -> Finding:
    """Groups of one question with different answers, those first where no other words can be the reason."""
    unequal = [group for group in several if len({item.answer for item in group}) > 1]
    unequal.sort(key=lambda group: not _firm(group))
    firm = sum(map(_firm, unequal))
    pairs = [(group[0], next(i for i in group if i.answer != group[0].answer)) for group in unequal]
    severity: Severity = "problem" if firm else "warning"
    sentence = f"No question of {part.name} has two different right answers."
    if unequal:
        sentence = (
            f"{of(len(unequal), total)} questions of {part.name} are asked more than once of the same images "
            f"and have different right answers; for {firm:,} of them it is not a matter of words (yes/no, "
            "choice, label, number), and no model can get all right."
        )
    return Finding(
        check=f"contradicting answers: {part.name}",
        severity="clear" if not unequal else "note" if part.training else severity,
        sentence=sentence,
        count=len(unequal),
        total=total,
        pairs=_pairs(part, pairs, "another answer is right"),
    )


def _firm(group: Sequence[Item]) -> bool:
    return not {item.sample.kind for item in group} & _IN_WORDS


def _twins(part: Part) -> Finding:
    """Images that are one and stand under two clusters: they are resampled as if they were two."""
    clusters: defaultdict[str, set[str]] = defaultdict(set)
    for item in part.items:
        for key in item.images:
            clusters[key].add(item.sample.cluster)
    split = [key for key, names in clusters.items() if len(names) > 1]
    looks = part.looks
    near = [n for n in near_duplicates(looks, looks) if _independent(clusters, n.first, n.second)]
    sights = first_sights(part) if near else {}
    count = len(split) + len(near)
    said = [f"{len(split):,} images of {part.name} stand under more than one cluster."] * bool(split)
    if near:
        said.append(
            f"{len(near):,} pairs of the {len(looks):,} images of {part.name} that could be opened look "
            "almost alike without sharing a cluster: they count as independent."
        )
    return Finding(
        check=f"twins: {part.name}",
        severity="warning" if count and not part.training else "note" if count else "clear",
        sentence=" ".join(said)
        or f"No two of the {len(looks):,} images of {part.name} that could be opened look the same.",
        count=count,
        total=len(part.images),
        pairs=tuple(
            Pair(first=sights[n.first], second=sights[n.second], detail=alike(n)) for n in near[:SHOWN]
        ),
    )


def _independent(clusters: dict[str, set[str]], one: str, other: str) -> bool:
    return (clusters[one] & clusters[other]) <= {UNKNOWN_CLUSTER}


def _sights(part: Part, items: Sequence[Item]) -> tuple[Sight, ...]:
    return tuple(_sight(part, item) for item in items[:SHOWN])


def _pairs(part: Part, pairs: Sequence[tuple[Item, Item]], detail: str) -> tuple[Pair, ...]:
    return tuple(
        Pair(first=_sight(part, one), second=_sight(part, other), detail=detail)
        for one, other in pairs[:SHOWN]
    )


def _sight(part: Part, item: Item) -> Sight:
    return Sight(part=part.name, id=item.sample.id, image=0 if item.images else None)
