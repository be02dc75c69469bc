"""Write docs/published_tables.md: what `medassay audit published` finds in the tables of two papers.

python scripts/audit_page.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from medassay.published import CHECKS, Finding, audit, shipped

PAGE = Path(__file__).resolve().parents[1] / "docs" / "published_tables.md"
_HEAD = """# What two papers' tables cannot be

    medassay audit published [CSV] [--json]

Arithmetic on printed numbers, without the items behind them. The examples are the tables of the two papers
whose questions this tool was built to ask again: arXiv 2507.11200 (understanding and reasoning; 10 models, 7
benchmarks, three tables) and arXiv 2506.17337 (generalists and specialists, with and without adaptation). A
finding says that numbers do not fit together. It does not say which of them is wrong, why, or that a
conclusion is: the items are not published, and an honest reason (parts taken from other items than the whole,
averages over settings, a slip in a caption) leaves the same trace. Written by `scripts/audit_page.py`.

A CSV needs the columns `source, table, model, group, benchmark, split_or_part, metric, value`; `ci_low`,
`ci_high` and `n` are used where they are filled.
"""
_SAYS = {
    "whole outside its parts": """The accuracy on all items is a mean of the accuracies on their parts, so it
lies between them. Beyond rounding, these do not: read as a whole and its two parts, they are impossible. Each
table may still be right on items of its own.""",
    "no common share of the parts": """Whole and parts together imply the share of each part,
`(whole - part 2) / (part 1 - part 2)`. All models answered the same items, so it is one number between 0 and
1 for a benchmark.""",
    "claim against its cells": "A sentence of the paper, held against the cells that it speaks of.",
    "same results": """Two models with one value and one interval, to all digits. Chance does that now and
then where values are printed to three decimals; the more there are, the more a copy is to be asked for.""",
    "settings that hardly differ": """Two ways of training, whose results differ by far less than the noise of
either over every model. That is what two runs of one thing look like: the published training code ran the
image encoder without gradients, so that its LoRA could not learn (a head was trained).""",
    "below chance": """The whole interval lies below what guessing gives: a sign turned round, or answers that
could not be read and were counted as wrong.""",
    "leap": """A gain by tuning from hardly above chance to almost all: the first figure may be of reading
answers, not of seeing images.""",
    "sources disagree": "One model, one benchmark, two papers. What differs is how it was asked and scored.",
    "no such share": """Right answers are a whole number of items, so a share is one of n + 1 values. With the
n that their own table gives these are none of them: some items were left out, or others were scored.""",
    "which n fits": """How many of the printed values are shares of n items, for sizes a benchmark is known to
have, beside how many would be by chance. A clue to what was scored, no more.""",
}


def page() -> str:
    """The whole page."""
    cells = shipped()
    found = audit(cells)
    parts = [_HEAD, f"{len(cells)} cells, {len(found)} findings.\n"]
    for check in CHECKS:
        of_check = [finding for finding in found if finding.check == check]
        if of_check:
            parts += [f"## {check[0].upper()}{check[1:]}: {len(of_check)}\n", f"{_SAYS[check]}\n"]
            parts += ["\n".join(_table(of_check)), ""]
    clean = [check for check in CHECKS if not any(finding.check == check for finding in found)]
    return "\n".join(parts) + f"\nNothing was found by: {', '.join(clean)}.\n"


def _table(findings: list[Finding]) -> Iterator[str]:
    yield "| source | model | benchmark | what |"
    yield "|:--|:--|:--|:--|"
    for finding in findings:
        cells = (finding.source, finding.model or "all", finding.benchmark or "all", finding.detail)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.is_file() and PAGE.read_text("utf-8") == page() else f"{PAGE.name} is not current")
    PAGE.write_text(page(), "utf-8")
