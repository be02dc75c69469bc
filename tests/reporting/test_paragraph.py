"""The paragraph claims what was tested and nothing else."""

from __future__ import annotations

from dataclasses import replace

from tests.reporting.conftest import make_comparison

from medassay.reporting.family import how, markdown_family, render_family
from medassay.reporting.paragraph import paragraph
from medassay.statistics.paired import Alone

ALONE = Alone(low=0.02, high=0.06, p=0.004, method="cluster bootstrap, percentile", test="McNemar, exact")
METHOD = "max-T over cluster resamples"


def _on(name, **changes):
    return replace(
        make_comparison(family=3, alone=ALONE, method=METHOD, test=METHOD, **changes), benchmark=name
    )


def test_every_verdict_stands_with_its_numbers():
    held = [
        _on("slake"),
        _on("vqa-rad", verdict="inconclusive", low=-0.01, p=0.2),
        _on("pathvqa", verdict="B better", difference=-0.1, low=-0.2, high=-0.01),
    ]
    said = paragraph(held)
    assert "demo-vlm was better than demo-vlm-small on slake (0.612 and 0.570, difference +0.042" in said
    assert "demo-vlm-small was better than demo-vlm on pathvqa" in said
    assert "does not show equality, between demo-vlm and demo-vlm-small on vqa-rad" in said
    assert "verdicts of the 3 comparisons come from one simultaneous procedure" in said
    assert "none is called equivalent" in said
    assert "451 rows in 203 clusters" in said


def test_equivalence_is_said_only_within_the_stated_margin():
    said = paragraph([make_comparison(verdict="equivalent", margin=0.1)])
    assert "within 0.100 was stated beforehand" in said
    assert "were equivalent" in said
    assert "better" not in said


def test_a_pair_that_should_not_compare_says_so_everywhere():
    held, cautions = [_on("slake")], ["a and b differ in prompt: compared anyway"]
    said = paragraph(held, cautions)
    assert "By their protocols a and b differ in prompt: compared anyway." in said
    assert cautions[0] in markdown_family(held, cautions, said)
    assert cautions[0] in str(render_family(held, cautions)[0])


def test_what_each_says_alone_stands_beside():
    page = markdown_family([_on("slake")], [], "")
    assert "[+0.020, +0.060] | 0.004" in page
    assert "all 3 comparisons at once" in how([_on("slake")])
    assert "at once" not in how([make_comparison()])
