"""Write docs/catalogue.md from the cards, so that the page and the code cannot disagree.

python scripts/catalogue.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from medassay import registry
from medassay.benchmarks import BENCHMARKS
from medassay.types import Benchmark
from medassay.workflows.catalogue import size

PAGE = Path(__file__).resolve().parents[1] / "docs" / "catalogue.md"
_HEAD = """# The catalogue

Made from the cards by `scripts/catalogue.py`. Sizes are the samples of the default test part; a question mark
says that nobody has confirmed the number. *Read* says whether the loader has met a real file, or only its
description. `medassay show NAME` prints a card whole; `medassay data prepare NAME` compares the counts with
your files. Not every published subset can be had: each section says which, and why.
"""


def page() -> str:
    """The whole page."""
    cards = [registry.find("benchmark", name) for name in sorted(BENCHMARKS)]
    table = [
        "| name | task | modality | size | licence | access | cluster | read |",
        "|:--|:--|:--|--:|:--|:--|:--|:--|",
        *(_row(card) for card in cards),
    ]
    return "\n".join([_HEAD, f"{len(cards)} benchmarks.\n", *table, "", *(_section(card) for card in cards)])


def _row(card: Benchmark) -> str:
    read = "yes" if card.verified == "real file" else "generated" if card.revision == "generated" else "no"
    cells = (f"[{card.name}](#{card.name})", card.task, card.modality, size(card), card.licence, card.access)
    return "| " + " | ".join((*map(_cell, cells), _cell(card.cluster), read)) + " |"


def _section(card: Benchmark) -> str:
    return "\n".join([f"## {card.name}", "", *_facts(card), ""])


def _facts(card: Benchmark) -> Iterator[str]:
    yield f"**{card.title}.** {card.citation}\n"
    yield f"- Source: {card.source}; revision: {card.revision or 'locked at the first download'}"
    yield f"- Licence: {card.licence}; access: {card.access}" + (
        "" if card.may_leave else "; **its data must not leave your machine**"
    )
    yield f"- Kinds: {', '.join(card.kinds)}; cluster: {card.cluster}; splits: {', '.join(card.splits)}"
    if card.variants:
        yield f"- Variants: {', '.join(f'`@{v}`' for v in card.variants)}"
    for variant, why in card.absent.items():
        yield f"- `@{variant}` cannot be had: {why}"
    if card.counts:
        yield "- Samples: " + ", ".join(f"{key} {n:,}" for key, n in card.counts.items())
    if card.unverified:
        yield f"- Unverified: {', '.join(card.unverified)}"
    if card.notes:
        yield f"\n{card.notes}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.is_file() and PAGE.read_text("utf-8") == page() else f"{PAGE.name} is not current")
    PAGE.write_text(page(), "utf-8")
