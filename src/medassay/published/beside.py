"""The numbers that a paper prints for a model on a benchmark, to be read beside one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from medassay.published.cells import Table
from medassay.published.parts import whole_outside_its_parts

HOW_FAR = "arXiv:2507.11200"
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A number as it was printed; `impossible` where the whole lies outside of its two parts."""

    text: str
    impossible: bool


def printed(table: Table, *, source: str, model: str, benchmark: str) -> Mapping[str, Printed]:
    """By part ("overall", "reasoning", "understanding") what a source prints, empty where it has no such row.

    Names are equal when their letters and digits are: Qwen2.5-VL-3B is qwen2.5-vl-3b.
    """
    wanted = (_plain(model), _plain(benchmark))
    cells = [
        cell
        for cell in table
        if cell.source.startswith(source) and (_plain(cell.model), _plain(cell.benchmark)) == wanted
    ]
    impossible = any(whole_outside_its_parts(cells))
    return {cell.part: Printed(text=cell.text, impossible=impossible) for cell in cells}


def _plain(name: str) -> str:
    return _SIGNS.sub("", name.casefold())
