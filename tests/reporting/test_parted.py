"""The tables of parts: seven benchmarks in 80 columns, each cell with its n, and the paper beside."""

import io

import numpy as np
import pytest
from rich.console import Console

from medassay.published.beside import Printed
from medassay.reporting.parted import RunParts, render_parts
from medassay.statistics.parts import corrected, parted


def run(benchmark, *, uncertain=0, published=None):
    generator = np.random.default_rng(len(benchmark))
    score, yes, truth = (generator.random((3, 90)) < 0.6).astype(float)
    codes, label = np.arange(90), np.where(np.arange(90) < 40, truth, np.nan)
    return RunParts(
        model="Qwen2.5-VL-72B-Instruct",
        benchmark=benchmark,
        failed=2,
        without=0,
        clusters=60,
        gap_at_once=None,
        hard=parted(score, yes, codes, np.arange(90) < uncertain),
        weighted=parted(score, generator.random(90), codes),
        labels=40,
        corrected=corrected(score, yes, label, codes),
        source="classifier, not validated here",
        published=published or {},
    )


def shown(lines):
    file = io.StringIO()
    console = Console(width=80, file=file)
    for one in render_parts(lines):
        console.print(one)
    return file.getvalue()


def test_seven_benchmarks_fit_with_the_n_of_every_cell():
    lines = [
        run(name) for name in ("medxpertqa-mm", "omnimedvqa", "pmc-vqa", "pathvqa", "mmmu", "slake", "vqa")
    ]
    text = shown(lines)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("n 90") >= 7
    for line in lines:
        assert f"n {line.hard.yes.n:.0f}" in text
        assert f"{line.hard.yes.value:.3f}" in text
    assert "Uncertain" not in text
    assert "Understanding, corrected by labels" in text
    assert "2 rows failed" in text
    assert "may be too short" in " ".join(text.split())


def test_uncertain_questions_have_a_table_of_their_own():
    (line,) = lines = [run("slake", uncertain=11)]
    assert line.hard.yes.n + line.hard.no.n == pytest.approx(79)
    assert "Uncertain" in shown(lines)
    assert "n 11" in shown(lines)


def test_the_paper_stands_beside_and_an_impossible_row_is_marked():
    held = {
        "overall": Printed(text="0.2217", impossible=True),
        "reasoning": Printed(text="0.2151", impossible=True),
    }
    text = shown([run("medxpertqa-mm", published=held), run("slake")])
    assert "paper 0.2217*" in text
    assert "paper 0.2151*" in text
    assert text.count("paper 0.2151*") == 1  # beside the hard split only
    assert "cannot belong" in text
