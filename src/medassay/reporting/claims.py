"""Claims about groups of models, for a terminal or a program."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from medassay.reporting import words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from medassay.statistics.mixed import Claim, Effect, LeftOut

ALONE = "Each claim is judged by itself: of twenty that are not so, one is called a win or a loss."
HEAD = ("", "plain", "effect", "95 % interval", "p", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a contrast: the plain mean of its cells, and how many of them there are of what."""

    name: str
    mean: float
    cells: int
    models: int
    datasets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A claim with what it is of. `plain` is the effect without a model: a difference of plain means."""

    of: str
    x: str
    sides: tuple[Side, ...]
    plain: float
    claim: Claim
    cells: int
    models: int
    datasets: int
    complete: bool
    notes: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """That of the effect, or "incomplete" while rows of a run have failed."""
        return self.claim.effect.verdict if self.complete else "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclaimed:
    """What could not carry a claim, and why."""

    of: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupClaims:
    """The claims of one contrast."""

    contrast: str
    margin: float | None
    claims: tuple[Claimed, ...]
    unclaimed: tuple[Unclaimed, ...]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "schema_version": 1,
            "contrast": self.contrast,
            "margin": self.margin,
            "claims": [{**asdict(one), "verdict": one.verdict} for one in self.claims],
            "unclaimed": [asdict(one) for one in self.unclaimed],
        }


def sentences(one: Claimed) -> Iterator[str]:
    """What a reader must know of a claim, one thing each."""
    if one.sides:
        means = "; ".join(
            f"{side.name} {words.number(side.mean)} ({_count(side.cells, 'cell')}, "
            f"{_count(side.models, 'model')}, {_count(side.datasets, 'dataset')})"
            for side in one.sides
        )
        yield f"Plain means of cells, which carry no interval: {means}."
    held, effect = one.claim, one.claim.effect
    *spread, rest = (words.number(math.sqrt(variance)) for variance in held.variances.values())
    yield (
        f"{held.formula}, REML; {one.x}. Standard deviations: {', '.join(spread)} in that order, and of a "
        f"cell {rest}."
    )
    yield (
        f"Error (Kenward-Roger) {words.number(effect.error)}, {effect.freedom:.1f} degrees of freedom. On "
        f"a new dataset: {words.interval(held.new_low, held.new_high, sign=True)}."
    )
    yield from _hanging(held.left_out, effect)
    for note in one.notes:
        yield f"{note[0].upper()}{note[1:]}."


def render_claims(held: GroupClaims) -> list[RenderableType]:
    """A table of the effects and what each rests on, for a terminal of 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(HEAD[0], overflow="fold")
    for name in HEAD[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    for one in held.claims:
        table.add_row(*_line(one))
    shown: list[RenderableType] = [table]
    for one in held.claims:
        shown.append(Text(words.printable(one.of), style="bold"))
        shown += [Padding(Text(words.printable(said)), (0, 0, 0, 2)) for said in sentences(one)]
    shown += [Text(words.printable(said)) for said in _unclaimed(held)]
    return [*shown, *([Text(ALONE)] if len(held.claims) > 1 else [])]


def _unclaimed(held: GroupClaims) -> Iterator[str]:
    """Each reason once, with all that it holds for."""
    for reason in dict.fromkeys(one.reason for one in held.unclaimed):
        of = "; ".join(one.of for one in held.unclaimed if one.reason == reason)
        yield f"No claim, as {reason}: {of}."


def _line(one: Claimed) -> tuple[str, ...]:
    effect = one.claim.effect
    return (
        words.printable(one.of),
        words.number(one.plain, sign=True),
        words.number(effect.value, sign=True),
        words.interval(effect.low, effect.high, sign=True),
        words.p_value(effect.p),
        one.verdict,
    )


def _hanging(left_out: Sequence[LeftOut], whole: Effect) -> Iterator[str]:
    """On which single models and datasets the sign or the verdict hangs."""
    values = [one.effect.value for one in left_out if one.effect]
    if values:
        low, high = words.number(min(values), sign=True), words.number(max(values), sign=True)
        yield f"Leaving out one model or dataset at a time: {low} to {high}."
    turned = [one.level for one in left_out if one.turns(whole)]
    if turned:
        yield f"Its sign hangs on {', '.join(turned)}."
    changed = [f"{one.level} ({one.effect.verdict})" for one in left_out if one.effect and one.changes(whole)]
    if changed:
        yield f"Its verdict hangs on {', '.join(changed)}."
    if lost := [one.level for one in left_out if one.effect is None]:
        yield f"Without {', '.join(lost)} too little is left to judge."


def _count(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
