"""How labels are spread: overall, and in every group of people that the dataset names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from medassay.hygiene.findings import Finding, Table, share
from medassay.hygiene.parts import Item, Part

GROUPS = ("sex", "age_group", "race", "ethnicity", "language", "center", "modality", "view")
_KINDS = frozenset({"label", "multilabel", "yes/no"})
_MOST = 24  # labels: what has more is no table


def labels(part: Part) -> Iterator[Finding]:
    """Counts and shares of the labels of a part, and the same by each tag of people and pictures."""
    for kind in sorted({item.sample.kind for item in part.items} & _KINDS):
        items = [item for item in part.items if item.sample.kind == kind and not item.fault]
        names = _names(items)
        if not items or len(names) > _MOST:
            continue
        if kind != "yes/no":
            yield _spread(part, kind, items, names)
        for tag in GROUPS:
            values = Counter(item.sample.tags[tag] for item in items if tag in item.sample.tags)
            if len(values) > 1:
                yield _by_group(part, kind, items, names, tag)


def _spread(part: Part, kind: str, items: Sequence[Item], names: Sequence[str]) -> Finding:
    counts = _counts(items)
    rare = min(names, key=lambda name: counts[name])
    rows = tuple((name, f"{counts[name]:,}", share(counts[name], len(items))) for name in names)
    return Finding(
        check=f"labels: {part.name}",
        severity="note",
        sentence=f"The rarest of the {len(names)} {_called(kind)} of {part.name} is {rare!r}, with "
        f"{counts[rare]:,} of {len(items):,} samples.",
        count=counts[rare],
        total=len(items),
        table=Table(header=("label", "samples", "share"), rows=rows),
    )


def _by_group(part: Part, kind: str, items: Sequence[Item], names: Sequence[str], tag: str) -> Finding:
    groups: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[item.sample.tags.get(tag, "(not stated)")].append(item)
    held = {group: (len(members), _counts(members)) for group, members in sorted(groups.items())}
    gaps = {name: _gap([counts[name] / n for n, counts in held.values()]) for name in names}
    widest = max(names, key=lambda name: gaps[name])
    rows = tuple(
        (group, f"{n:,}", *(share(counts[name], n) for name in names)) for group, (n, counts) in held.items()
    )
    return Finding(
        check=f"labels by {tag}: {part.name}",
        severity="note",
        sentence=f"The share of {widest!r} among the {_called(kind)} of {part.name} differs by "
        f"{100 * gaps[widest]:.1f} points between groups of {tag.replace('_', ' ')}.",
        count=len(held),
        total=len(items),
        table=Table(header=(tag, "samples", *names), rows=rows),
    )


def _gap(shares: Sequence[float]) -> float:
    return max(shares) - min(shares)


def _names(items: Sequence[Item]) -> list[str]:
    """The labels in the order of the options, then those that are no option."""
    options = dict.fromkeys(choice.label for item in items for choice in item.sample.choices)
    return list(options | dict.fromkeys(sorted(_counts(items))))


def _counts(items: Sequence[Item]) -> Counter[str]:
    return Counter(text for item in items for text in set(item.sample.target.texts))


def _called(kind: str) -> str:
    return "answers" if kind == "yes/no" else "labels"
