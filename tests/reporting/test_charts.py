"""Charts: what is drawn follows from the runs; equal charts give equal bytes; hostile names do no harm."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from medassay.metrics.calibration import Bin
from medassay.metrics.gathered import Risk
from medassay.reporting import drawing
from medassay.reporting.added_charts import gaps, learning
from medassay.reporting.charted import charts
from medassay.reporting.charts import HEAD, Chart, Mark, Panel, Series, as_csv, lines
from medassay.reporting.fairness import FairnessRecord
from medassay.reporting.inlined import inline
from medassay.statistics.fairness.findings import Gap, Parity

pytest.importorskip("matplotlib", reason="matplotlib absent")

SPENT = {
    "per_sample": {"seconds": {"mean": 0.5}, "input_tokens": {"mean": 90}, "output_tokens": {"mean": 10}}
}


def named(build, name, run, **changes):
    manifest = build.manifest(id=run * 64, cost=SPENT, usage={"euros": 0.902})
    manifest["model"] = {**manifest["model"], "name": name}
    return build.record([], manifest=manifest, **changes)


def by_name(made):
    return {chart.name: chart for chart in made}


def curve(name="a", values=(0.5, 0.7), **changes):
    marks = [Mark(at=float(i + 1), value=v, low=v - 0.1, high=v + 0.1) for i, v in enumerate(values)]
    held = Chart(
        name="c",
        title="T",
        how="H",
        form="curve",
        panels=[Panel(title="P", series=[Series(name=name, marks=marks)])],
        across="x",
    )
    return replace(held, **changes)


def test_what_runs_hold_is_drawn_and_nothing_else(build):
    assert by_name(charts([named(build, "one", "a", estimates=[build.estimate()])])) == {}
    bins = (Bin(lowest=0.5, highest=0.6, n=9, confidence=0.55, accuracy=0.5),)
    risks = (Risk(coverage=0.5, risk=0.1), Risk(coverage=1.0, risk=0.3))
    runs = [named(build, "one", "a", reliability=bins, risks=risks), named(build, "two", "b")]
    made = by_name(charts(runs))
    assert list(made) == [
        "forest", "slices-1", "reliability", "risk-coverage", "cost-seconds", "cost-tokens", "cost-euros",
    ]  # fmt: skip
    assert all(chart.everyone == ("one", "two") for chart in made.values())
    assert made["reliability"].names == ("one",)
    (mark,) = made["cost-euros"].panels[0].series[0].marks
    assert (mark.at, mark.value, mark.low) == (2.0, 0.612, pytest.approx(0.563))  # 0.902 euros of 451 rows
    assert [panel.title for panel in made["slices-1"].panels] == [
        "accuracy by answer type",
        "accuracy by organ",
    ]


def test_protocols_never_share_a_panel_of_costs(build):
    one, two = named(build, "one", "a"), named(build, "two", "b")
    policy = {**two.manifest["protocol"], "id": "cd" * 32}
    assert "cost-seconds" not in by_name(
        charts([one, replace(two, manifest={**two.manifest, "protocol": policy})])
    )


def test_a_tag_of_numbers_is_a_curve_over_severity(build):
    from medassay.types import Measure

    estimates = [build.estimate(name=f"severity={k}", value=0.9 - k / 10) for k in (10, 0, 2)]
    card = build.benchmark(measures=(Measure(metric="accuracy", by=("severity",)),))
    made = by_name(
        charts([named(build, "one", "a", estimates=[build.estimate(), *estimates], benchmark=card)])
    )
    (series,) = made["by-number-1"].panels[0].series
    assert [(mark.at, round(mark.value, 3)) for mark in series.marks] == [(0, 0.9), (2, 0.7), (10, -0.1)]


def test_reasoning_stands_against_understanding_where_both_are_slices(build):
    estimates = [
        build.estimate(name=f"skill={k}", value=v) for k, v in (("reasoning", 0.4), ("understanding", 0.6))
    ]
    made = by_name(charts([named(build, "one", "a", estimates=[build.estimate(), *estimates])]))
    (mark,) = made["parts"].panels[0].series[0].marks
    assert (mark.at, mark.value) == (0.6, 0.4)


def test_a_radar_is_drawn_on_request_and_of_three_benchmarks_at_least(build):
    def asked(k):
        record = named(build, "one", "abc"[k])
        card = replace(record.benchmark, title=f"set {k}")
        policy = {**record.manifest["protocol"], "id": str(k) * 64}
        return replace(record, benchmark=card, manifest={**record.manifest, "protocol": policy})

    three = [asked(k) for k in range(3)]
    assert "radar" not in by_name(charts(three))
    assert "radar" not in by_name(charts(three[:2], radar=True))
    assert len(by_name(charts(three, radar=True))["radar"].panels[0].series[0].marks) == 3


def test_a_learning_curve_has_a_line_for_each_recipe_and_draws_no_shots_at_all():
    def point(shots, value):
        return {"shots": shots, "result": {"metric": "auroc", "value": value, "low": None, "high": None}}

    held = {"benchmark": "B", "recipe": "r", "model": "m", "points": [point(0, 0.5), point(4, 0.8)]}
    (chart,) = learning([held, {**held, "recipe": "s"}])
    assert chart.names == ("r on m", "s on m")
    assert ">0<" in drawing.svg(chart)  # the tick of no example
    assert learning([]) == []


def test_gaps_stand_beside_what_chance_alone_would_show():
    def parity(value):
        gap = Gap(
            name="g", title="largest gap of accuracy", value=value, expected=0.03, p=0.2, low=0.0, high=0.2
        )
        return Parity(attribute="sex", groups=(), quantities=(), summaries=(gap,), calibration=(), notes=())

    def people(model, value):
        return FairnessRecord(
            run="r",
            model=model,
            benchmark="B",
            n=9,
            n_clusters=9,
            failed=0,
            positive=None,
            threshold=None,
            threshold_from="none",
            notes=(),
            parities=(parity(value),),
        )

    (chart,) = gaps([people("one", 0.1), people("two", float("nan"))])
    (panel,) = chart.panels
    assert panel.title == "B by sex"
    assert [series.name for series in panel.series] == ["one"]  # an undefined gap is not drawn
    (mark,) = panel.series[0].marks
    assert (mark.value, mark.low, mark.high, mark.base) == (0.1, 0.0, 0.2, 0.03)


@pytest.mark.parametrize("form", ["forest", "curve", "scatter", "radar"])
def test_equal_charts_give_equal_bytes_without_a_date(form):
    marks = [Mark(at=name, value=v) for name, v in (("x", 0.2), ("y", 0.5), ("z", 0.9))]
    series = [Series(name="a", marks=marks), Series(name="b", marks=marks[:2])]
    chart = (
        curve(form=form, panels=[Panel(title="P", series=series)])
        if form in {"forest", "radar"}
        else curve(form=form)
    )
    assert drawing.svg(chart) == drawing.svg(chart)
    assert drawing.pdf(chart) == drawing.pdf(chart)
    assert not re.search(rb"20\d\d-\d\d|CreationDate", drawing.svg(chart).encode() + drawing.pdf(chart))


def test_a_drawing_in_a_page_has_ids_and_colours_of_its_own_and_no_address():
    one, other = (curve(name=n) for n in "ab")
    other = replace(other, name="d")
    bodies = [inline(chart, drawing.svg(chart)) for chart in (one, other)]
    ids = [held for body in bodies for held in re.findall(r' id="([^"]+)"', body)]
    assert ids
    assert len(ids) == len(set(ids))
    for body in bodies:
        ElementTree.fromstring(body)
        used = re.findall(r'(?:href="#|url\(#)([^")]+)', body)
        assert set(used) <= set(ids)
        assert "var(--series-0, #0072b2)" in body
        assert not re.search(r"(?<!, )#0072b2", body)
        assert set(re.findall(r'https?://[^"]+', body)) <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }
        assert not re.search(r"<(script|image|foreignObject|style|metadata)\b", body)
        assert 'role="img" aria-label="T"' in body


def test_hostile_names_are_words_in_the_drawing_and_whole_in_its_table(build):
    series = [Series(name=name, marks=[Mark(at=1.0, value=0.5)]) for name in (build.hostile, "b")]
    panels = [Panel(title=r"$\alpha$ <b>", series=series)]
    chart = curve(title=build.hostile + '" onload="x', panels=panels)
    body = inline(chart, drawing.svg(chart))
    tree = ElementTree.fromstring(body)
    assert not [e for e in tree.iter() if e.tag.endswith("script")]
    assert "onload" not in tree.attrib
    assert len(body) < 200_000
    assert any("$\\alpha$ <b>" in (e.text or "") for e in tree.iter())  # as it is, no formula
    assert next(lines(chart))[1] == build.hostile


def test_a_name_that_looks_like_a_colour_or_an_id_stays_a_name():
    name = 'a id="b" #0072b2 url(#c)'
    series = [Series(name=n, marks=[Mark(at=1.0, value=0.5)]) for n in (name, "other")]
    chart = curve(panels=[Panel(title="P", series=series)])
    tree = ElementTree.fromstring(inline(chart, drawing.svg(chart)))
    assert name in [e.text for e in tree.iter()]


def test_the_numbers_are_written_in_full():
    rows = list(csv.reader(io.StringIO(as_csv([curve(values=(1 / 3,))]))))
    assert rows == [
        ["chart", *HEAD],
        ["c", "P", "a", "1.0", str(1 / 3), str(1 / 3 - 0.1), str(1 / 3 + 0.1), "", ""],
    ]
