"""Votes at the price of a scheme: the curve is that of runs with fewer draws, the match by what was taken."""

import json

import pytest
from typer.testing import CliRunner

import medassay
from medassay.cli import app
from medassay.errors import UsageError
from medassay.models.fakes import Scripted
from medassay.types import Response, Usage
from medassay.workflows.exits import exits
from medassay.workflows.price import Voted, price

SMALL = "phantom@vqa:n=12"


def said(request):
    """Another reply for each draw of each question, at ten tokens in and one out for each message."""
    drawn = int(request.key[:8], 16) % 3
    text = ("yes", "no", "I cannot see it clearly enough, and so on.")[drawn]
    messages = len(request.messages)
    return Response(text=text, usage=Usage(input_tokens=10 * messages, output_tokens=messages))


MODEL = Scripted(said, name="drawing")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("price")

    def ask(solver):
        return medassay.run(
            model=MODEL,
            benchmark=SMALL,
            solver=solver,
            out=folder / solver.replace(":", "-"),
            store=folder / "responses.db",
        )

    return ask


def test_the_first_draws_vote_as_a_run_of_fewer_does(asked):
    whole = asked("self-consistency:n=6")
    for n in (2, 3, 6):
        fewer = asked(f"self-consistency:n={n}")
        voted = Voted(path=whole.path, benchmark=whole.benchmark, manifest={}, estimates=(), draws=n)
        for one, other in zip(voted.rows(), fewer.rows(), strict=True):
            assert one.score == other.score
            assert (one.response.text, one.response.agreement) == (
                other.response.text,
                other.response.agreement,
            )
            assert one.response.usage == other.response.usage
            assert one.response.probs == other.response.probs


def test_each_scheme_meets_the_vote_that_costs_as_much(asked):
    votes, scheme = asked("self-consistency:n=6"), asked("mdagents@medvlmbench:mode=intermediate")
    found = price(votes, [scheme, asked("two-turns"), asked("mdagents@medvlmbench:mode=advanced")])
    assert [point.calls for point in found.shown.curve] == [1, 2, 3, 4, 5, 6]
    assert [point.input_tokens for point in found.shown.curve] == [10, 20, 30, 40, 50, 60]
    by = {(match.scheme.partition(":")[2], match.currency): match for match in found.shown.matches}
    assert by["mode=intermediate", "calls"].draws == 4
    assert (by["", "calls"].draws, by["", "tokens"].draws) == (2, 4)  # the second turn has three messages
    assert [(m.draws, m.cheaper) for m in found.shown.matches if "advanced" in m.scheme] == [(5, False)] * 3
    right = [row.score.values.get("accuracy", 0.0) for row in scheme.rows()]
    at_four = Voted(path=votes.path, benchmark=votes.benchmark, manifest={}, estimates=(), draws=4)
    voted = [row.score.values.get("accuracy", 0.0) for row in at_four.rows()]
    match = by["mode=intermediate", "calls"]
    assert match.difference == pytest.approx((sum(right) - sum(voted)) / len(right))
    assert found.shown.curve[5].value == pytest.approx(votes.estimates[0].value)


def test_a_scheme_dearer_than_all_votes_is_said_to_be(asked):
    found = price(asked("self-consistency:n=2"), [asked("mdagents@medvlmbench:mode=advanced")])
    assert {(match.draws, match.cheaper) for match in found.shown.matches} == {(2, True)}


def test_what_is_no_curve_or_no_scheme_is_refused(asked):
    votes, other = asked("self-consistency:n=2"), asked("two-turns")
    with pytest.raises(UsageError, match="asked by two-turns"):
        price(other, [votes])
    with pytest.raises(UsageError, match="beside that of self-consistency"):
        price(votes, [])


def test_the_command_prints_it_in_80_columns_and_writes_it(asked, tmp_path):
    folders = [str(asked(word).path) for word in ("self-consistency:n=6", "two-turns")]
    shown = CliRunner().invoke(
        app, ["price", *folders, "--out", str(tmp_path / "out")], env={"COLUMNS": "80"}
    )
    assert shown.exit_code == 0, shown.output
    assert max(map(len, shown.output.splitlines())) <= 80
    assert "vote of 6" in shown.output
    held = json.loads((tmp_path / "out" / "price.json").read_text())
    assert [match["draws"] for match in held["matches"]] == [2, 4, 4]
    assert "<svg" in (tmp_path / "out" / "price.html").read_text()


def debating(request):
    """By the hash of the request: yes, no, or what cannot be read; the judge reads nothing."""
    if "Reasoning:" not in request.text:
        return "I see it."
    place = int(request.key[:8], 16)
    return f"Reasoning: it is.\nAnswer: {('yes', 'no', 'nobody knows')[place % 3]}"


def test_the_exits_count_every_row_once_and_what_became_of_the_first_opinions(asked, tmp_path):
    run = medassay.run(
        model=Scripted(debating, name="debating"),
        benchmark=SMALL,
        solver="debate",
        out=tmp_path / "debate",
        store=tmp_path / "responses.db",
    )
    found = exits(run)
    rows = list(run.rows())
    assert sum(one.rows for one in found) == len(rows)
    assert {one.name for one in found} <= {"debater", "judge", "fallback"}
    assert len(found) > 1
    by = {one.name: one for one in found}
    fallen = [row for row in rows if row.response.fallback]
    assert by["fallback"].rows == len(fallen)
    rights = [row.score.values.get("accuracy", 0.0) for row in fallen]
    assert by["fallback"].value == pytest.approx(sum(rights) / len(rights))
    for one in found:
        assert one.mended + one.ruined <= one.opinions <= one.rows
    assert exits(asked("direct")) == []
