"""Write docs/models.md from the cards, so that the page and the code cannot disagree.

python scripts/models_page.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from medassay import registry
from medassay.models import CARDS
from medassay.types import ModelCard
from medassay.workflows.describing_models import group, manner, revision, seen, status

PAGE = Path(__file__).resolve().parents[1] / "docs" / "models.md"
_NONE = "none here"
_HEAD = """# The models

Made from the cards by `scripts/models_page.py`. *tested*: the architecture runs in the tests with tiny random
weights, through save, load, chat template and the contracts; nobody here has run the published weights.
*gated*: so too, and the weights are given to those who accept their terms on the hub. *by address*: a server
answers, and a key is needed. *card only*: it cannot be loaded here; its section says why, and what to use
instead. A question mark: nobody has confirmed it. `medassay show NAME` prints a card whole;
`medassay check NAME` runs the contracts on your own weights.
"""


def page() -> str:
    """The whole page."""
    cards: list[ModelCard] = [registry.find("model", name) for name in sorted(CARDS)]
    groups: dict[str, list[ModelCard]] = {}
    families: dict[str, list[ModelCard]] = {}
    for card in cards:
        groups.setdefault(group(card), []).append(card)
        families.setdefault(_family(card), []).append(card)
    parts = [_HEAD, f"{len(cards)} cards."]
    for title in sorted(groups, reverse=True):
        parts += [f"\n## {title[0].upper()}{title[1:]}\n", "\n".join(_table(groups[title]))]
    for family in sorted(families, key=lambda name: (name == _NONE, name)):
        parts.append(f"\n## Family: {family}")
        parts += ["\n".join(_section(card)) for card in families[family]]
    return "\n".join(parts) + "\n"


def _table(cards: list[ModelCard]) -> Iterator[str]:
    yield "| name | parameters | licence | access | status | family |"
    yield "|:--|:--|:--|:--|:--|:--|"
    for card in cards:
        cells = (
            f"[{card.name}](#{_anchor(card.name)})",
            _sure(card, "parameters"),
            _sure(card, "licence"),
            card.access,
            status(card),
            _family(card),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _section(card: ModelCard) -> Iterator[str]:
    yield f"\n### {card.name}\n"
    yield f"**{card.title}.** {card.citation}\n"
    yield f"- Source: {card.source}; revision: {revision(card)}"
    if card.base:
        yield f"- Trained from: [{card.base}](#{_anchor(card.base)})"
    yield f"- Training sets: {', '.join(card.training_sets) or 'none listed'}"
    for level, names in seen(card):
        yield f"- Benchmarks of the catalogue, {level}: {names}"
    if card.loader == "transformers" and card.status == "tested":
        for name, said in manner(card.style):
            yield f"- {name[0].upper()}{name[1:]}: {' '.join(said.split())}"
    for key, value in card.options.items():
        yield f"- Option {key}: {value}"
    if card.unverified:
        yield f"- Unverified: {', '.join(card.unverified)}"
    if card.reason:
        yield f"\nCard only: {card.reason}"
    if card.notes:
        yield f"\n{card.notes}"


def _family(card: ModelCard) -> str:
    return card.family or ("demo" if card.source.startswith("builtin:") else _NONE)


def _sure(card: ModelCard, name: str) -> str:
    return f"{getattr(card, name)}{' ?' if name in card.unverified else ''}"


def _anchor(name: str) -> str:
    """As a page on GitHub calls the section: without dots."""
    return name.replace(".", "")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.is_file() and PAGE.read_text("utf-8") == page() else f"{PAGE.name} is not current")
    PAGE.write_text(page(), "utf-8")
