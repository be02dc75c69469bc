"""What is said over runs together: leaderboard, verdicts from both sides, charts, and the page of them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from medassay.reporting import drawing
from medassay.reporting.html import render
from medassay.reporting.overview import UNDRAWN, overview, write_figures
from medassay.reporting.overview_markdown import parts
from medassay.reporting.tables_page import Grid, Section
from medassay.reporting.verdict_matrix import matrices

pytest.importorskip("matplotlib", reason="matplotlib absent")


def named(build, name, run):
    manifest = build.manifest(id=run * 64)
    manifest["model"] = {**manifest["model"], "name": name}
    return build.record([build.row(1)], manifest=manifest)


@pytest.fixture
def family(build):
    return [
        replace(build.comparison("one", "two"), benchmark="B"),
        replace(build.comparison("one", "three", verdict="inconclusive", difference=0.01), benchmark="B"),
        replace(build.comparison("two", "three", verdict="B better", difference=-0.03), benchmark="B"),
    ]


def test_a_verdict_reads_the_same_from_both_sides(family):
    (matrix,) = matrices(family)
    assert matrix.names == ("one", "two", "three")
    said = {
        (line, matrix.names[j]): (cell.word, cell.difference)
        for line, cells in matrix.lines
        for j, cell in enumerate(cells)
        if cell
    }
    assert said == {
        ("one", "two"): ("better", "+0.042"),
        ("two", "one"): ("worse", "−0.042"),
        ("one", "three"): ("inconclusive", "+0.010"),
        ("three", "one"): ("inconclusive", "−0.010"),
        ("two", "three"): ("worse", "−0.030"),
        ("three", "two"): ("better", "+0.030"),
    }


def test_two_models_need_no_matrix_and_benchmarks_do_not_mix(family):
    assert matrices(family[:1]) == []
    assert matrices([*family[:2], replace(family[2], benchmark="C")]) == []


def test_the_page_and_the_markdown_mark_the_best_by_what_they_are_told(build, family):
    records = [named(build, name, run) for name, run in (("one", "a"), ("two", "b"), ("three", "c"))]
    section = Section(title="Beside", tables=[Grid(head=("x",), lines=[("<i>",)])], notes=["a note"])
    held = overview(records, family, best={"b" * 64}, sections=[section])
    page = render(records, family, held)
    assert re.findall(r'<b class="best">([^<]+)</b><sup>', page) == ["0.612"]
    assert page.count('<figure class="chart">') == len(held.drawn) == 2
    assert "&lt;i&gt;" in page
    assert "▲" in page
    text = "\n\n".join(parts(held))
    assert "| two | **0.612**" in text
    assert "| one | 0.612" in text
    assert "![Headlines](figures/forest.svg)" in text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert not re.findall(r'(?:src|href)="(?!#|data:image/)[^"]*"', page)
    assert render(records, family, overview(records, family, best={"b" * 64}, sections=[section])) == page


def test_without_matplotlib_the_report_says_so_and_keeps_its_numbers(build, family, monkeypatch, tmp_path):
    monkeypatch.setattr(drawing, "can_draw", lambda: False)
    records = [named(build, name, run) for name, run in (("one", "a"), ("two", "b"))]
    held = overview(records, family)
    assert UNDRAWN in render(records, family, held).replace("&#39;", "'")
    write_figures(tmp_path, held)
    assert not list(tmp_path.iterdir())


def test_every_figure_lies_beside_the_report(build, tmp_path):
    held = overview([named(build, "one", "a"), named(build, "two", "b")])
    write_figures(tmp_path, held)
    names = {drawn.chart.name for drawn in held.drawn}
    assert names
    files = {path.name for path in (tmp_path / "figures").iterdir()}
    assert files == {f"{name}.{ending}" for name in names for ending in ("svg", "pdf")} | {"figures.csv"}
