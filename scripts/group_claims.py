"""Renew the tables of docs/group_claims.md from the published ones: python scripts/group_claims.py.

A table stands between `<!-- claims OPTIONS -->`, with the options of `medassay claims`, and `<!-- end -->`;
that of the authors' own models behind `<!-- authors -->`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from scipy.special import ndtr

from medassay.published import shipped
from medassay.reporting import words
from medassay.reporting.claims import Claimed
from medassay.statistics.mixed.design import CELL, Design, Random, indicator
from medassay.statistics.mixed.reml import fit
from medassay.workflows.contrasting import Condition, Contrast, Question
from medassay.workflows.group_claims import group_claims

PAGE = Path(__file__).parents[1] / "docs" / "group_claims.md"
BLOCK = re.compile(r"(<!-- (claims [^>]*|authors) -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = (
    *("", "plain means", "effect", "95 % interval", "p", "verdict", "a new dataset"),
    *("leaving one out", "sign hangs on", "verdict hangs on"),
)
SERVED = ("o3", "gemini-2.5-pro")  # which the authors leave out
_OPEN = " ".join(f"--where model!={name}" for name in SERVED)
FAMILIES = {
    "LLaVA-1.5-7B": "LLaVA",
    "LLaVA-Med-v1.5-7B": "LLaVA",
    "Qwen2-VL-7B": "Qwen",
    "Qwen2.5-VL-7B": "Qwen",
    "Lingshu-7B": "Qwen",
    "Gemma3-4B": "Gemma",
    "MedGemma-4B": "Gemma",
    "InternVL3-8B": "Intern",
}
"""`model_family` in the authors' boot_results_vqa.csv."""


@dataclass(frozen=True)
class Theirs:
    """A line of the authors' analysis/revision_outputs/sensitivity_estimates.csv, and what to ask here."""

    said: str
    cells: int
    effect: float
    low: float
    high: float
    p: float
    options: str
    table: str = ""  # on which their model is fitted again
    families: bool = False


THEIRS = (
    Theirs(
        *("diagnosis, zero-shot", 48, -0.0376, -0.1140, 0.0387, 0.334),
        options="--contrast group --where 'table=diagnosis zero-shot'",
        table="diagnosis zero-shot",
    ),
    Theirs(
        *("diagnosis, adapted", 48, 0.02278, -0.02894, 0.074504, 0.388),
        options="--contrast group --where 'table=diagnosis linear-probe'",
        table="diagnosis linear-probe",
    ),
    Theirs(
        *("VQA, zero-shot", 46, -0.0631, -0.1061, -0.0200, 0.004),
        options=f"--contrast group --where 'table=vqa zero-shot' {_OPEN}",
        table="vqa zero-shot",
        families=True,
    ),
    Theirs(
        *("VQA, adapted", 46, 0.0486, -0.0065, 0.1037, 0.084),
        options=f"--contrast group --where 'table=vqa fine-tuned' {_OPEN}",
        table="vqa fine-tuned",
        families=True,
    ),
    Theirs(
        *("diagnosis, adaptation of medical models", 96, 0.26308, 0.21454, 0.31162, 2.3e-26),
        options="--contrast adaptation --levels linear-probe,zero-shot --where group=medical "
        "--where metric=auroc",
    ),
    Theirs(
        *("VQA, adaptation of medical models", 92, 0.0832, 0.0280, 0.1383, 0.003),
        options="--contrast adaptation --levels fine-tuned,zero-shot --where group=medical "
        "--where metric=accuracy_closed",
    ),
)


def renewed(page: str) -> str:
    """The page with its tables as the code makes them now."""

    def block(found: re.Match[str]) -> str:
        head, what, end = found.groups()
        lines = beside() if what == "authors" else claims(what.removeprefix("claims "))
        return f"{head}\n{chr(10).join(lines)}\n\n{end}"

    return BLOCK.sub(block, page)


def claims(options: str) -> Iterator[str]:
    """The claims of a command, a line each."""
    held = group_claims([], question(options))
    yield from _grid([HEAD, *map(_line, held.claims)])
    rests = [f"`{one.claim.formula}`; {one.x}" for one in held.claims]
    notes = [note for one in held.claims for note in one.notes]
    for said in dict.fromkeys([*rests, *notes]):
        yield f"\n{said[0].upper()}{said[1:]}."


def question(options: str) -> Question:
    """The question that the options of the command ask."""
    given = shlex.split(options)
    pairs = list(zip(given[::2], given[1::2], strict=True))
    one = dict(pairs)
    levels = one["--levels"].split(",") if "--levels" in one else None
    return Question(
        contrast=cast("Contrast", one["--contrast"]),
        levels=(levels[0], levels[1]) if levels else None,
        where=[Condition.read(value) for name, value in pairs if name == "--where"],
    )


def beside() -> Iterator[str]:
    """What the authors' own models say, their model on the cells that ship, and ours."""
    head = ("", "theirs", "p", "cells", "refitted", "p", "cells", "ours", "p", "verdict")
    lines = [_beside(one) for one in THEIRS]
    zero_shot = next(one for one in THEIRS if one.table == "vqa zero-shot")
    without = ("the same without families", *[words.ABSENT] * 3, *_refitted(zero_shot.table, families=False))
    lines.insert(3, (*without, *[words.ABSENT] * 3))
    yield from _grid([head, *lines])


def _line(one: Claimed) -> tuple[str, ...]:
    held, effect = one.claim, one.claim.effect
    values = [other.effect.value for other in held.left_out if other.effect]
    return (
        one.of,
        "<br>".join(f"{side.name} {words.number(side.mean)} ({side.cells})" for side in one.sides),
        words.number(effect.value, sign=True),
        words.interval(effect.low, effect.high, sign=True),
        words.p_value(effect.p),
        one.verdict,
        words.interval(held.new_low, held.new_high, sign=True),
        f"{words.number(min(values), sign=True)} to {words.number(max(values), sign=True)}",
        ", ".join(other.level for other in held.left_out if other.turns(effect)),
        ", ".join(other.level for other in held.left_out if other.effect and other.changes(effect)),
    )


def _beside(one: Theirs) -> tuple[str, ...]:
    (ours,) = group_claims([], question(one.options)).claims
    found = ours.claim.effect
    refitted = _refitted(one.table, families=one.families) if one.table else (words.ABSENT,) * 3
    return (
        one.said,
        _reach(one.effect, one.low, one.high),
        words.p_value(one.p),
        words.count(one.cells),
        *refitted,
        _reach(found.value, found.low, found.high),
        words.p_value(found.p),
        ours.verdict,
    )


def _refitted(table: str, *, families: bool) -> tuple[str, str, str]:
    """Their model on the cells that ship: the effect, p by normal quantiles, and the cells."""
    cells = [cell for cell in shipped() if cell.table == table and cell.model not in SERVED]
    factors = {"dataset": [cell.benchmark for cell in cells], "model": [cell.model for cell in cells]}
    if families:
        factors["family"] = [FAMILIES[cell.model] for cell in cells]
    random = {name: Random(matrix=indicator(levels)) for name, levels in factors.items()}
    design = Design(
        y=np.array([cell.value for cell in cells]),
        fixed=np.column_stack([np.ones(len(cells)), [cell.group == "general" for cell in cells]]),
        random=random,
        known=np.zeros(len(cells)),
    )
    held = fit(design)
    total = held.variances[CELL] * np.eye(len(cells))
    total += sum(held.variances[name] * part.matrix @ part.matrix.T for name, part in random.items())
    error = np.sqrt(np.linalg.inv(design.fixed.T @ np.linalg.solve(total, design.fixed))[1, 1])
    p = 2 * float(ndtr(-abs(held.effect) / error))
    return words.number(held.effect, sign=True), words.p_value(p), words.count(len(cells))


def _reach(value: float, low: float, high: float) -> str:
    return f"{words.number(value, sign=True)} {words.interval(low, high, sign=True)}"


def _grid(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *rest = lines
    for line in (head, ("---",) + ("--:",) * (len(head) - 1), *rest):
        yield f"| {' | '.join(line)} |"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
