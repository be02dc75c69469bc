"""Who beats whom: paired verdicts as a square, a line and a column for each model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medassay.reporting import words
from medassay.reporting.compared import Compared

LEGEND = (
    "Read a line against a column: ▲ better, ▼ worse, ≈ equivalent, ? inconclusive, which is not equal, "
    "with the difference, line minus column. Verdicts are paired, and hold for all comparisons at once."
)
_SIGNS = {
    "A better": ("▲", "better"),
    "B better": ("▼", "worse"),
    "equivalent": ("≈", "equivalent"),
    "inconclusive": ("?", "inconclusive"),
    "incomplete": ("…", "incomplete"),
}
_TURNED = {"A better": "B better", "B better": "A better"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One cell: a sign for the eye, the same in a word, the difference."""

    sign: str
    word: str
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictMatrix:
    """`lines`: for each name its cells, in the order of `names`; None on the diagonal, or uncompared."""

    title: str
    names: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Verdict | None, ...]], ...]


def matrices(comparisons: Sequence[Compared]) -> list[VerdictMatrix]:
    """One for each benchmark, metric and slice on which at least three models were compared."""
    groups: dict[str, list[Compared]] = {}
    for compared in comparisons:
        groups.setdefault(_title(compared), []).append(compared)
    return [_matrix(title, held) for title, held in groups.items() if len(held) > 2]


def _title(compared: Compared) -> str:
    held = compared.result
    part = "" if held.slice == "all" else f", {held.slice}"
    return f"{compared.benchmark}: {words.metric_name(held.metric)}{part}"


def _matrix(title: str, held: Sequence[Compared]) -> VerdictMatrix:
    names = tuple(dict.fromkeys(name for c in held for name in (c.first, c.second)))
    cells = dict(cell for c in held for cell in _cells(c))
    lines = ((one, tuple(cells.get((one, other)) for other in names)) for one in names)
    return VerdictMatrix(title=title, names=names, lines=tuple(lines))


def _cells(compared: Compared) -> Iterator[tuple[tuple[str, str], Verdict]]:
    """The comparison from both sides."""
    said, by = compared.result.verdict, compared.result.difference
    yield (compared.first, compared.second), _verdict(said, by)
    yield (compared.second, compared.first), _verdict(_TURNED.get(said, said), -by)


def _verdict(said: str, difference: float) -> Verdict:
    sign, word = _SIGNS[said]
    return Verdict(sign=sign, word=word, difference=words.number(difference, sign=True))
