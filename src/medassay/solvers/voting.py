"""A vote of answers that agree, however they are worded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medassay.metrics.answers import classes
from medassay.metrics.confidence import SURE
from medassay.solvers.context import Context
from medassay.types import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a vote came to.

    Attributes:
        winner: the place of the first answer of the largest group; of groups of one size the one that began
            earlier. None where no answer could be read.
        agreement: the share of all answers, unread ones too, that agree with the winner.
        probs: of a kind with one right class the share of each; what could not be read is spread evenly.
    """

    winner: int | None
    agreement: float
    probs: tuple[float, ...] | None = None


def vote(context: Context, case: Case, texts: Sequence[str]) -> Vote:
    """Count the answers that agree with each other; what cannot be read has no voice."""
    groups: list[list[int]] = []
    for place, text in enumerate(texts):
        if context.read(case, text) is None:
            continue
        group = next((g for g in groups if context.agree(case, texts[g[0]], text)), None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    if not groups:
        return Vote(winner=None, agreement=0.0)
    largest = max(groups, key=len)
    return Vote(
        winner=largest[0], agreement=len(largest) / len(texts), probs=_shares(context, case, texts, groups)
    )


def _shares(
    context: Context, case: Case, texts: Sequence[str], groups: Sequence[Sequence[int]]
) -> tuple[float, ...] | None:
    names = [name.lower() for name in classes(case)]
    if case.kind not in SURE or not names:
        return None
    voices = {str(context.read(case, texts[group[0]])).lower(): len(group) for group in groups}
    if not voices.keys() <= set(names):  # rules of a harness may read what is none of the classes
        return None
    unread = (len(texts) - sum(voices.values())) / len(names)
    return tuple((voices.get(name, 0) + unread) / len(texts) for name in names)
