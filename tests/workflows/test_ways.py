"""Ways of asking held to each other, and what a score owes to the right picture."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import medassay
from medassay.cli import app
from medassay.errors import UsageError
from medassay.models.fakes import Scripted
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.ways import run_with_controls, ways

SMALL = "phantom@vqa:n=12"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def key():
    """The right answers by question and picture, as one who sees would know them."""
    return {
        (sample.question, sample.images[0].uri): sample.target.texts[0]
        for sample in resolve_benchmark(SMALL).samples()
    }


def seeing(key, name="seeing"):
    """Right where the picture is the question's own, as it is; else it says nothing that can be read."""

    def say(request):
        question = next(p for p in request.messages[-1].parts if isinstance(p, str)).splitlines()[0]
        own = [image for image in request.images if not image.ops]
        return key.get((question, own[-1].uri), "I see nothing.") if own else "I see nothing."

    return Scripted(say, name=name)


def test_one_who_sees_loses_all_without_the_right_picture(key):
    found = run_with_controls(model=seeing(key), benchmark=SMALL, out="run")
    assert [line.way for line in found.lines] == ["direct", "blind", "blank", "mismatched"]
    first, *controls = found.lines
    assert (first.value, first.difference, first.control) == (1.0, None, False)
    assert all(line.control for line in controls)
    mismatched = controls[-1]
    for line in controls[:2]:
        assert (line.value, line.difference) == (0.0, 1.0)
    # of phantom's questions some are asked of many pictures: what another's picture says can be right
    strangers = [row.score.values.get("accuracy", 0.0) for row in found.runs[-1].rows()]
    assert mismatched.value == sum(strangers) / len(strangers) < 0.5
    assert mismatched.difference == pytest.approx(1 - mismatched.value)
    assert sorted(path.name for path in (found.runs[0].path / "controls").iterdir()) == [
        "blank",
        "blind",
        "mismatched",
    ]


def test_one_who_does_not_look_loses_nothing(key):
    found = run_with_controls(model=Scripted(lambda _: "yes", name="yes"), benchmark=SMALL)
    assert {line.value for line in found.lines} == {found.lines[0].value}
    assert {line.difference for line in found.lines[1:]} == {0.0}


def test_ways_are_held_to_the_first_with_what_they_take(key):
    model = seeing(key)
    runs = [
        medassay.run(model=model, benchmark=SMALL, solver=solver)
        for solver in ("blind", "self-consistency:n=3", "direct")
    ]
    found = ways(runs)
    blind, votes, direct = found.lines
    assert (votes.value, votes.difference, votes.calls, votes.degenerate) == (1.0, 1.0, 3.0, True)
    assert (direct.difference, direct.calls, direct.degenerate) == (1.0, 1.0, False)
    assert blind.difference is None
    assert json.loads(json.dumps(found.to_json()))["ways"][1]["way"].startswith("self-consistency:n=3")
    printed = CliRunner().invoke(app, ["ways", *(str(run.path) for run in runs), "--out", "ways.html"])
    assert printed.exit_code == 0, printed.output
    assert "DEGENERATE" in printed.output
    assert "control" in printed.output
    assert max(map(len, printed.output.splitlines())) <= 80
    assert "self-consistency:n=3" in Path("ways.html").read_text("utf-8")


def test_what_differs_in_more_than_the_way_is_refused(key):
    one = medassay.run(model=seeing(key), benchmark=SMALL)
    others = {
        "model": medassay.run(model=seeing(key, "other"), benchmark=SMALL),
        "selection": medassay.run(model=seeing(key), benchmark=SMALL, limit=6),
    }
    for part, other in others.items():
        with pytest.raises(UsageError, match=part):
            ways([one, other])
    with pytest.raises(UsageError, match="two runs of one model or more"):
        ways([one])


def test_controls_are_of_a_single_call_in_one_wording(key):
    for options in ({"solver": "cot"}, {"prompts": 2}):
        with pytest.raises(UsageError, match="single calls in one wording"):
            run_with_controls(model=seeing(key), benchmark=SMALL, **options)
