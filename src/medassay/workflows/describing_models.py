"""Models as tables and cards: what there is, how it is addressed, what it has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from medassay import registry
from medassay.types import Decoding, ModelCard, Style
from medassay.workflows.exposing import exposed

if TYPE_CHECKING:
    from rich.console import RenderableType

_ENGINES = {"transformers": "generative", "contrastive": "encoders", "server": "served"}


def status(card: ModelCard) -> str:
    """What can be done with a model here, in two words at most.

    "tested": its architecture runs in the tests with tiny weights. "gated": so too, and its own weights are
    given to those who accept its terms. "by address": a server answers, who has it needs a key. "card only":
    it cannot be loaded.
    """
    if card.status == "card only":
        return "card only"
    if card.loader == "server":
        return "by address"
    return "tested" if card.access == "open" else "gated"


def revision(card: ModelCard) -> str:
    """Which weights the name stands for: a commit, or what holds it to some."""
    if card.loader == "server":
        return "none: the server answers with what it runs under this name"
    if card.source.startswith("builtin:"):
        return "of this package"
    return card.revision or "locked on first use"


def group(card: ModelCard) -> str:
    """What a model stands under: its domain and the kind of its engine."""
    kind = _ENGINES.get(card.loader, card.loader)
    return kind if kind == "served" else f"{card.domain}, {kind}"


def table() -> RenderableType:
    """A line each, by domain and kind; what does not fit is cut, `medassay show NAME` has it whole."""
    from rich.table import Table
    from rich.text import Text

    groups: dict[str, list[ModelCard]] = {}
    for name in registry.names("model"):
        card: ModelCard = registry.find("model", name)
        groups.setdefault(group(card), []).append(card)
    held = Table(box=None, pad_edge=False, expand=True, title="Models", title_justify="left")
    held.add_column("name", no_wrap=True, width=29)
    held.add_column("parameters", no_wrap=True, overflow="ellipsis", width=10)
    held.add_column("licence", no_wrap=True, overflow="ellipsis", ratio=1)
    held.add_column("access", no_wrap=True, width=12)
    held.add_column("status", no_wrap=True, width=10)
    for title in sorted(groups, reverse=True):  # served, then medical, then general
        held.add_row("")
        held.add_row(Text(title, style="bold"))
        for card in groups[title]:
            held.add_row(card.name, card.parameters, card.licence, card.access, status(card))
    held.caption = (
        "tested: its architecture runs in the tests with tiny weights; gated: so too, its own weights need "
        "their terms accepted. Any folder or hub id that transformers loads is a model as well, and any "
        "address of a server, and a function: module:attribute."
    )
    held.caption_justify = "left"
    return held


def manner(style: Style) -> Iterator[tuple[str, str]]:
    """How a model is addressed, a line for each thing that is said."""
    yield "system", style.system or "none"
    yield "images", "before the words" if style.images_first else "where the prompt puts them"
    usual = Decoding()
    changed = [f"{key} {value} (usually {getattr(usual, key)})" for key, value in style.decoding.items()]
    yield "decoding", ", ".join(changed) or "as the prompt says"
    if style.closing:
        yield "ending", style.closing
    if style.no_think:
        yield "no thinking", f"asked for by {style.no_think!r}"


def seen(card: ModelCard) -> Sequence[tuple[str, str]]:
    """The benchmarks that its training sets touch, under how: ("itself", "slake, vqa-rad")."""
    levels: dict[str, list[str]] = {"itself": [], "shared images": [], "same source": []}
    for name in registry.names("benchmark"):
        level = exposed(card, registry.find("benchmark", name)).level
        if level in levels:
            levels[level].append(name)
    return [(level, ", ".join(names)) for level, names in levels.items() if names]
