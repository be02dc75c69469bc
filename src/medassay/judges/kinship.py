"""Whether a judge is kin to what it judges: models favour answers like their own.

What the cards say is all that is known: a shared name, base or architecture is told, not weighed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medassay.types import ModelCard

_SERVED = "served"  # the family of models that only a server has: no architecture


def kinship(judge: ModelCard | None, judge_fingerprint: str, judged: Mapping[str, Any]) -> str:
    """How a judge and a judged model are related, in a sentence; "" where the cards show nothing.

    Args:
        judge: the judge's card, None where it has none.
        judge_fingerprint: the judge's.
        judged: the "model" of a run's manifest: fingerprint, name and card.
    """
    name, card = str(judged.get("name")), judged.get("card")
    if judge_fingerprint == judged.get("fingerprint"):
        return f"the judge is {name} itself: it judges its own answers"
    if judge is None or not card:
        without = [who for who, held in (("the judge", judge), (name, card)) if not held]
        return f"kinship cannot be told: {' and '.join(without)} has no card"
    if {judge.name, judge.base or judge.name} & {card["name"], card.get("base") or card["name"]}:
        return f"the judge {judge.name} and {name} come from one model"
    if judge.family == _SERVED and judge.source == card.get("source"):
        return f"the judge {judge.name} and {name} are served by one maker"
    if judge.family and judge.family != _SERVED and judge.family == card.get("family"):
        return f"the judge {judge.name} and {name} are of one family ({judge.family})"
    return ""
