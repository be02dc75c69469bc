r"""A table of runs in LaTeX, for `\input`. It needs the package booktabs and no other."""

from __future__ import annotations

from collections.abc import Iterable

from medassay.reporting.grid import Cell, Grid
from medassay.reporting.words import ABSENT, printable

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': "''",
        "[": "{[}",  # after a line's end it would open an optional argument
        "]": "{]}",
        "−": "$-$",
        "–": "--",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    }
)


def text(grid: Grid) -> str:
    r"""A `tabular` with its footnotes below, in a `minipage` as wide as the line.

    A value stands over its interval; footnote marks are letters, as numbers would read as exponents.
    """
    columns = "l" + "c" * (len(grid.head) - 1)
    lines = [line for name, cells in grid.lines for line in _lines(name, cells)]
    notes = [rf"\textsuperscript{{{_letters(i)}}}~{escape(note)}" for i, note in enumerate(grid.notes, 1)]
    closing = [escape(grid.closing)] if grid.closing else []
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{minipage}{\linewidth}",
            r"\centering",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            _line(map(escape, grid.head)),
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\par\smallskip",
            r"\raggedright\footnotesize",
            "\\par\n".join([*notes, *closing]),
            r"\end{minipage}",
            "",
        ]
    )


def escape(text: str) -> str:
    """The text on one line, so that LaTeX prints it as it is."""
    return " ".join(printable(text).split()).translate(_SPECIAL)


def _lines(name: str, cells: tuple[Cell | None, ...]) -> list[str]:
    values = [_value(cell) for cell in cells]
    intervals = [rf"{{\footnotesize {escape(cell.interval)}}}" if cell is not None else "" for cell in cells]
    return [_line((escape(name), *values)), _line(("", *intervals))]


def _value(cell: Cell | None) -> str:
    if cell is None:
        return escape(ABSENT)
    value = escape(cell.value)
    shown = rf"\textbf{{{value}}}" if cell.best else value
    return rf"{shown}\textsuperscript{{{_letters(cell.note)}}}"


def _line(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def _letters(number: int) -> str:
    """1 as a, 26 as z, 27 as aa."""
    held = ""
    while number:
        number, rest = divmod(number - 1, 26)
        held = chr(ord("a") + rest) + held
    return held
