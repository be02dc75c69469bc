"""What benchmarks can show: from their cards, from their files, and what cannot be asked."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import UsageError
from medassay.statistics.planned import Assumed
from medassay.workflows.planning_power import plan_power


def test_the_cards_of_known_sets_give_the_known_figures():
    rad, slake, items = plan_power(["vqa-rad@mevf", "slake@en", "mmmu"])
    assert [round(100 * one, 1) for one in (rad.half_width_naive, rad.detectable_naive)] == [4.5, 5.9]
    assert round(100 * (rad.detectable or 0), 1) == 6.6
    assert [round(100 * (one or 0), 1) for one in (slake.half_width, slake.detectable)] == [5.1, 6.7]
    assert (items.clusters, items.design_effect, items.note) == (150, 1, "")
    (unknown,) = plan_power(["vqa-rad@osf"])
    assert (unknown.clusters, unknown.detectable) == (None, None)
    assert "--data" in unknown.note


def test_the_files_give_the_clusters_as_they_are(shared_data):
    whole, *slices = plan_power(["slake"], data=shared_data / "slake")
    assert (whole.n, whole.clusters, whole.largest) == (1061, 96, 20)
    assert (whole.design_effect or 0) > 1 + (1061 / 96 - 1) * 0.2
    assert {one.slice: one.n for one in slices}["answer_type=closed"] == 416


def test_a_claim_needs_rows_and_clusters():
    (found,) = plan_power(["slake@en"], Assumed(difference=0.02, margin=0.03))
    assert found.rows_needed == pytest.approx((2.8016 / 0.02) ** 2 * 0.2 * found.design_effect, abs=2)
    assert found.clusters_needed == pytest.approx(found.rows_needed / 1061 * 96, abs=1)
    assert (found.rows_equivalent or 0) < (found.rows_needed or 0)


def test_it_is_printed_within_80_columns_and_as_json(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    told = CliRunner().invoke(app, ["plan", "vqa-rad", "slake", "--difference", ".02"])
    assert told.exit_code == 0
    assert max(map(len, told.stdout.splitlines())) <= 80
    held = json.loads(CliRunner().invoke(app, ["plan", "slake@en", "--json"]).stdout)
    assert held["benchmarks"][0]["n"] == 1061
    assert held["assumed"]["discordant"] == 0.2


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="cannot be"):
        Assumed(difference=0.3)
    with pytest.raises(UsageError, match="shares"):
        Assumed(accuracy=60)
    with pytest.raises(UsageError, match="say which"):
        plan_power(["slake", "vqa-rad"], data="folder")
