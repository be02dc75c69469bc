import csv
import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from medassay.reporting.grid_page import as_csv, as_markdown, as_page, render
from medassay.reporting.grids import Cost, GridReport, Outcome, Worth
from medassay.statistics.repeated import Repeated
from medassay.workflows.grids.warning import cautions

COST = Cost(trained=130, parameters=500_000, seconds=1.25, resident=2**30, gpu=None, samples=12, clusters=12)


def mean(value, low, high):
    return Repeated(
        metric="accuracy",
        value=value,
        values=(value, value),
        low=low,
        high=high,
        between=0.0,
        within=0.01,
        n=624,
        n_clusters=600,
        note="cluster unknown: interval optimistic",
    )


def worth(**changes):
    held = Worth(
        model="demo-clip",
        recipe="linear-probe",
        dataset="chest",
        tested="chest",
        fraction=1.0,
        seeds=(0, 1),
        original=0.471,
        majority=0.625,
        adapted=mean(0.75, 0.70, 0.80),
        gain=mean(0.279, 0.22, 0.33),
        cost=COST,
    )
    return replace(held, **changes)


def report(worths, cells=()):
    rows = [{"model": w.model, "tested": w.tested, "adapted": w.adapted.value} for w in worths]
    return GridReport(name="mine", cells=cells, worths=worths, rows=rows, cautions=cautions(cells, worths))


WORTHS = [
    worth(),
    worth(tested="breast", adapted=mean(0.6, 0.5, 0.7), original=None, gain=None, majority=0.73),
    worth(fraction=0.1, adapted=mean(0.66, 0.60, 0.72)),
    worth(dataset="breast", tested="breast", majority=0.73, adapted=mean(0.8, 0.75, 0.85)),
]


def text(held):
    console = Console(width=80, record=True, file=io.StringIO())
    for shown in render(held):
        console.print(shown)
    return console.export_text()


def test_the_terminal_shows_the_commonest_answer_first_and_marks_what_is_not_above_it():
    shown = text(report(WORTHS))
    assert max(map(len, shown.splitlines())) <= 80
    gains = shown[shown.index("chest, in domain") : shown.index("chest, tested on breast")]
    assert [line.split()[0] for line in gains.splitlines()[4:7]] == ["always", "answer", "demo-clip,"]
    assert "0.471    0.750  +0.279  [+0.220, +0.330]" in gains
    assert "0.600*" in shown
    assert "0.660*" in shown
    assert "0.750*" not in shown


def test_transfer_has_a_row_for_what_was_learned_from_and_a_column_for_each_test():
    markdown = as_markdown(report(WORTHS))
    part = markdown[markdown.index("## Learned from one") : markdown.index("## What it costs")]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if "|" in line
    ]
    assert rows[0][1:] == ["chest", "breast"]
    assert rows[2:] == [
        ["always the commonest answer", "0.625", "0.730"],
        ["the original", "0.471", "0.471"],
        ["chest", "0.750", "0.600\\*"],
        ["breast", "–", "0.800"],
    ]


def test_the_cost_stands_beside_the_gain():
    assert (
        "| demo-clip, linear-probe, chest | 130 | 0.026 % | 1.2 | 1.00 GiB | – | \\+0.279 |"
        in as_markdown(report(WORTHS))
    )
    unknown = worth(cost=replace(COST, parameters=None))
    assert "| 130 | – | 1.2 |" in as_markdown(report([unknown]))


def test_the_page_draws_a_curve_for_each_recipe_and_the_commonest_answer():
    others = [replace(w, recipe=name) for name in ("tip-adapter", "coop") for w in WORTHS]
    page = as_page(report([*WORTHS, *others]))
    assert page.count("<polyline") == 3 + 2  # three recipes, two in the first drawing, and a line in each
    assert as_page(report([worth()])).count("<polyline") == 0


def test_files_read_back():
    held = report(WORTHS, [cell()])
    assert [float(row["adapted"]) for row in csv.DictReader(as_csv(held).splitlines())] == [
        0.75,
        0.6,
        0.66,
        0.8,
    ]
    read = json.loads(json.dumps(held.to_json(), allow_nan=False))
    assert [one["in_domain"] for one in read["worths"]] == [True, False, True, True]
    assert read["worths"][0]["share"] == pytest.approx(130 / 500_000)


def cell(**changes):
    held = Outcome(
        model="demo-clip",
        recipe="coop",
        dataset="chest",
        fraction=1.0,
        seed=2,
        title="demo-clip, coop, 100 % of chest, seed 2",
        status="failed",
        reason="out of memory",
    )
    return replace(held, **changes)


def test_what_is_not_done_is_named():
    held = report(WORTHS, [cell(), cell(status="done")])
    assert not held.complete
    assert held.cautions[0] == "1 of 2 cells are not done: what is missing is in no number here."
    assert "demo-clip, coop, 100 % of chest, seed 2: failed, out of memory" in as_markdown(held)
    assert report([], [cell()]).whole == []
    assert "Not done" in text(report([], [cell()]))


def said(worths):
    return " ".join(cautions([], worths))


def test_no_family_adapts_better_without_three_seeds_and_a_curve():
    models = [worth(model=name, fraction=f) for name in ("one", "two") for f in (0.1, 1.0)]
    assert "nothing can be claimed of which model adapts better" in said(models)
    enough = [replace(w, seeds=(0, 1, 2)) for w in models]
    assert "nothing can be claimed" not in said(enough)
    assert "medassay claims" in said(enough)
    assert "nothing can be claimed" in said(enough[::2])  # one fraction of each
    assert "2 seeds at the fewest" in said(models)
    assert "seeds at the fewest" not in said(enough)
    assert "adapts better" not in said([worth()])
    assert "In 1 of 1 groups every seed gave the same value" in said([worth()])
    assert "the same value" not in said([worth(adapted=replace(worth().adapted, between=0.01))])
    assert "3 intervals of gains, each by itself: of as many, about 0.15 miss" in said(WORTHS)
    assert "2 of 4 adapted values are not shown to be above" in said(WORTHS)
