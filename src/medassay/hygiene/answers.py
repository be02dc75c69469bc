"""What the answers give away: keys that lean to a letter, and what is right without looking.

A model that has seen nothing can know which letter is most often right, that the longest option tends to
be, or what such a question is usually answered with. These baselines are what an accuracy stands beside.
p-values take the samples as independent; where questions share a patient they are too small.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from medassay.hygiene.findings import Finding, Severity, Table, of, p_text, share
from medassay.hygiene.parts import Item, Part
from medassay.text import normalise

_SHORT = frozenset({"choice", "yes/no", "closed", "open", "label"})  # of these one answer is right
_ENOUGH = 0.01  # p below which a lean is a warning: an audit asks many questions


def answers(part: Part, training: Part | None) -> Iterator[Finding]:
    """Key balance and baselines of a part; what is usually right is learned from `training`, if any."""
    yield from _letters(part)
    yield from _yes_no(part)
    yield from _options(part)
    yield from _baselines(part, training)


def _letters(part: Part) -> Iterator[Finding]:
    """Whether the letters are right equally often, among questions with equally many options."""
    items = _single(part, "choice")
    groups: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for item in items:
        groups[len(item.sample.choices)][item.sample.target.texts[0]] += 1
    if not items:
        return
    statistic, freedom = 0.0, 0
    for options, found in groups.items():
        expected = sum(found.values()) / options
        statistic += sum((found[letter] - expected) ** 2 / expected for letter in ascii_uppercase[:options])
        freedom += options - 1
    p = _chi_square(statistic, freedom)
    total = Counter(item.sample.target.texts[0] for item in items)
    letter, most = total.most_common(1)[0]
    yield Finding(
        check=f"key balance: {part.name}",
        severity=_lean(part, p),
        sentence=f"The letters of {part.name} are right {_unequally(p)} (chi-square {statistic:.1f}, "
        f"{freedom} degrees of freedom, {p_text(p)}): {letter} is right {of(most, len(items))} times.",
        count=most,
        total=len(items),
        table=_shares(total, "letter"),
    )


def _yes_no(part: Part) -> Iterator[Finding]:
    items = _single(part, "yes/no")
    if not items:
        return
    from scipy.stats import binomtest

    yes = sum(item.answer == ("yes",) for item in items)
    p = float(binomtest(yes, len(items)).pvalue)
    yield Finding(
        check=f"yes and no: {part.name}",
        severity=_lean(part, p),
        sentence=f"Yes is right for {of(yes, len(items))} yes/no questions of {part.name}: yes and no are "
        f"right {_unequally(p)} (exact binomial test, {p_text(p)}).",
        count=yes,
        total=len(items),
    )


def _options(part: Part) -> Iterator[Finding]:
    """Taking the longest option: against the key being any option with equal chance."""
    items = [item for item in _single(part, "choice") if len(item.sample.choices) > 1]
    if not items:
        return
    right = expected = variance = 0.0
    for item in items:
        lengths = [len(choice.label.strip()) for choice in item.sample.choices]
        longest = {i for i, length in enumerate(lengths) if length == max(lengths)}
        right += (_place(item) in longest) / len(longest)
        expected += 1 / len(lengths)
        variance += 1 / (len(longest) * len(lengths)) - 1 / len(lengths) ** 2
    z = (right - expected) / math.sqrt(variance) if variance > 0 else 0.0
    p = math.erfc(abs(z) / math.sqrt(2))
    yield Finding(
        check=f"longest option: {part.name}",
        severity=_lean(part, p) if z > 0 else "note",
        sentence=f"Taking the longest option is right for {share(right, len(items))} of the {len(items):,} "
        f"choice questions of {part.name}; chance gives {share(expected, len(items))} ({p_text(p)}).",
        count=round(right),
        total=len(items),
    )


def _baselines(part: Part, training: Part | None) -> Iterator[Finding]:
    """What is right for every kind of question without an image: one answer always, or the usual one."""
    rows = []
    for kind in sorted({item.sample.kind for item in part.items} & _SHORT):
        items = _single(part, kind)
        if not items:
            continue
        most = Counter(_guess(item) for item in items).most_common(1)[0][1]
        first = sum(_place(item) == 0 for item in items) if kind == "choice" else None
        blind = _from_the_words(items, _single(training, kind) if training else ())
        row = [most, first, blind]
        rows.append((kind, f"{len(items):,}", *("–" if n is None else share(n, len(items)) for n in row)))
    if not rows:
        return
    source = training.name if training else f"the other clusters of {part.name}"
    yield Finding(
        check=f"baselines: {part.name}",
        severity="note",
        sentence=f"What is right in {part.name} without an image. From the question alone: its usual answer "
        f"in {source}, else the most frequent one there.",
        table=Table(
            header=("kind", "samples", "most frequent", "first option", "question alone"),
            rows=tuple(rows),
        ),
    )


def _from_the_words(items: Sequence[Item], training: Sequence[Item]) -> int:
    """How many are right by the usual answer to the same words: in training, else in other clusters.

    Words that occur nowhere else get the most frequent answer (of a choice, the most frequent letter).
    """
    usual: defaultdict[tuple[str, str], Counter[object]] = defaultdict(Counter)
    often: defaultdict[str, Counter[object]] = defaultdict(Counter)
    for item in training or items:
        for cluster in {"", "" if training else _apart(item)}:
            usual[_words(item), cluster][item.answer] += 1
            often[cluster][_guess(item)] += 1
    right = 0
    for item in items:
        known = usual[_words(item), ""] - usual[_words(item), _apart(item)]
        rest = often[""] - often[_apart(item)]
        if known:
            right += known.most_common(1)[0][0] == item.answer
        elif rest:
            right += rest.most_common(1)[0][0] == _guess(item)
    return right


def _words(item: Item) -> str:
    return normalise(item.sample.question, "lower")


def _guess(item: Item) -> object:
    """What can be said of an item without reading it: a letter, where there are letters."""
    return item.sample.target.texts[0] if item.sample.kind == "choice" else item.answer


def _apart(item: Item) -> str:
    """What an item may not learn from: its cluster, or itself where clusters are unknown."""
    sample = item.sample
    return sample.id if sample.cluster == "unknown" else sample.cluster


def _single(part: Part, kind: str) -> list[Item]:
    """The items of a kind with a sound key."""
    return [i for i in part.items if i.sample.kind == kind and not i.fault and i.sample.target.texts]


def _place(item: Item) -> int:
    return ascii_uppercase.find(item.sample.target.texts[0])


def _lean(part: Part, p: float) -> Severity:
    return "warning" if p < _ENOUGH and not part.training else "note"


def _unequally(p: float) -> str:
    return "unequally often" if p < _ENOUGH else "about equally often"


def _shares(counts: Counter[str], name: str) -> Table:
    total = sum(counts.values())
    rows = tuple((key, f"{n:,}", share(n, total)) for key, n in sorted(counts.items()))
    return Table(header=(name, "samples", "share"), rows=rows)


def _chi_square(statistic: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, statistic)) if freedom else 1.0
