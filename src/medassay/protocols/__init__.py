"""Published ways of scoring, beside ours: a protocol turns a benchmark into one that is judged its way."""

from __future__ import annotations

from medassay import registry
from medassay.errors import UsageError
from medassay.protocols.protocol import STRICT, Chosen, NotCovered, Protocol, Rules, judged, not_covered

__all__ = [
    "PROTOCOLS",
    "STRICT",
    "Chosen",
    "NotCovered",
    "Protocol",
    "Rules",
    "choose",
    "judged",
    "not_covered",
]

PROTOCOLS = {
    "fairmedfm": "medassay.protocols.fairmedfm:PROTOCOL",
    "how-far-2025": "medassay.protocols.how_far_2025:PROTOCOL",
    "lmms-eval": "medassay.protocols.lmms_eval:PROTOCOL",
    "medevalkit": "medassay.protocols.medevalkit:PROTOCOL",
    "medevalkit-reasoning": "medassay.protocols.medevalkit:REASONING",
    "medvlmbench": "medassay.protocols.medvlmbench:PROTOCOL",
    "medvlmbench-dev": "medassay.protocols.medvlmbench:DEV",
    "official": "medassay.protocols.official:PROTOCOL",
    "strict": "medassay.protocols.strict:PROTOCOL",
    "vlmevalkit": "medassay.protocols.vlmevalkit:PROTOCOL",
}
"""The built-in protocols by name."""


def choose(word: str) -> Chosen:
    """The protocol that a word names: `NAME`, `NAME+bugs` (all of them on), or `NAME+BUG+BUG`.

    Raises:
        UnknownName: no protocol is called so.
        UsageError: it has no such bug, or none at all.
    """
    name, *bugs = word.strip().split("+")
    held: Protocol = registry.find("protocol", name)
    on = frozenset(held.bugs) if bugs == ["bugs"] else frozenset(bugs)
    if unknown := sorted(on - set(held.bugs)) or (["bugs"] if bugs and not on else []):
        offered = f"its bugs are {', '.join(held.bugs)}" if held.bugs else "it has none"
        raise UsageError(f"{name} has no bug {unknown[0]!r} to switch on: {offered}")
    return Chosen(protocol=held, bugs=on)
