"""Tables over several runs: what is bold, what stands below, and that hostile names do no harm."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from medassay.exporters.latex import escape, text
from medassay.metrics import METRICS
from medassay.reporting.grid import Cell, Grid
from medassay.workflows.exporting import best_of, export


def test_bold_is_what_is_not_significantly_worse_than_the_best(made: Any) -> None:
    good, near, bad = made("good", wrong=10), made("near", wrong=11), made("bad", wrong=45)
    assert best_of([good, near, bad]) == {good.manifest["id"], near.manifest["id"]}
    lines = export([bad, near, good], to="markdown").text.splitlines()
    assert [line.count("**") for line in lines[2:5]] == [0, 2, 2]
    assert "Bold: the best" in lines[-1]


def test_what_a_protocol_measures_by_a_metric_of_its_own_is_compared_too(made: Any) -> None:
    runs = [made(name, wrong=wrong, protocol="medvlmbench") for name, wrong in (("good", 10), ("bad", 45))]
    assert runs[0].manifest["primary"] not in METRICS
    assert best_of(runs) == {runs[0].manifest["id"]}


def test_nothing_is_bold_where_runs_do_not_compare(made: Any) -> None:
    alone, unfinished = made("good", wrong=10), made("half", missing=3)
    assert best_of([alone]) == frozenset()
    assert best_of([alone, alone]) == frozenset()
    assert best_of([alone, unfinished]) == frozenset()
    assert "**" not in export([alone, unfinished], to="markdown").text
    assert "incomplete: between" in export([unfinished], to="markdown").text


def test_every_number_has_its_rows_and_statuses_below(made: Any) -> None:
    run = made("good", wrong=10)
    said = export([run], to="markdown").text
    head = run.estimates[0]
    assert f"{head.value:.3f} \\[{head.low:.3f}, {head.high:.3f}\\]" in said
    assert "60 rows in 30 clusters by patient: 1 unparsed, 1 refused, 0 failed" in said
    assert f"protocol {run.manifest['protocol']['id'][:12]}" in said


def test_protocols_stand_in_columns_of_their_own(made: Any) -> None:
    run, other = made("good", wrong=10), made("near", wrong=11)
    policy = {**other.manifest["protocol"], "id": "ab" * 32, "decoding": {"max_tokens": 9}}
    moved = replace(other, manifest={**other.manifest, "protocol": policy})
    head, _, first, second, *_ = export([run, moved], to="markdown").text.splitlines()
    assert f"(protocol {run.manifest['protocol']['id'][:8]})" in head
    assert "(protocol abababab)" in head
    assert first.endswith("|  |")
    assert second.startswith("| near |  |")
    assert "**" not in first + second


@pytest.mark.parametrize("name", [r"a_b & c% #1 {x} $y$ ~^\z", "[0] | <b>", 'say "no"', "−1 – 2"])
def test_latex_is_balanced_and_has_as_many_cells_in_each_line(name: str) -> None:
    cell = Cell(value="0.500", interval="[0.400, 0.600]", best=True, note=1)
    made = text(Grid(("model", name), ((name, (cell,)), ("b", (None,))), (name,), name))
    bare = re.sub(r"\\[{}&%$#_\\]", "", made.replace(r"\\", "\n"))
    assert bare.count("{") == bare.count("}")
    body = re.search(r"\\toprule\n(.*)\\bottomrule", made, re.DOTALL)
    assert body is not None
    rows = [line for line in body[1].splitlines() if line.endswith(r"\\")]
    assert len(rows) == 5
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {1}
    for part in re.split(r"\\[a-z]+\b|\\[{}&%$#_]", "\n".join(made.splitlines()[1:])):
        assert not re.search(r"[#_^~\"]|(?<!\d )%", part.replace("$-$", "").replace("~", "", 1)), part


def test_latex_escapes_each_special_character() -> None:
    assert escape(r"a_b&c%d#e$f{g}h~i^j\k") == (
        r"a\_b\&c\%d\#e\$f\{g\}h\textasciitilde{}i\textasciicircum{}j\textbackslash{}k"
    )
