import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import medassay
from medassay.cli import app
from medassay.errors import UsageError
from medassay.models.fakes import Failing, Scripted
from medassay.prompts import plain
from medassay.rows import read_rows
from medassay.types import Choice, Kind, Sample, Target
from medassay.wordings import WORDINGS
from medassay.workflows.comparing import differences
from medassay.workflows.prompting import rows_of
from medassay.workflows.reports import report
from medassay.workflows.resolve import find_benchmark

SIZES = {"test": 300, "validation": 200}


def sample(split, number):
    """Options, yes/no and open in turn; every third cluster of validation is in the test part too."""
    kinds: tuple[Kind, ...] = ("choice", "yes/no", "open")
    kind = kinds[number % 3]
    options = ("lung", "liver", "heart") if kind == "choice" else ()
    right = {"choice": "B", "yes/no": "yes", "open": "liver"}[kind]
    shared = split == "validation" and number % 3 == 0
    return Sample(
        id=f"{split}-{number}",
        kind=kind,
        question=f"What of {split} {number}?",
        target=Target(texts=(right,)),
        choices=tuple(Choice(label=option) for option in options),
        cluster=f"{'test' if shared else split} {number}",
    )


def made(*splits):
    """A benchmark with these splits."""

    def load(where):
        yield from (sample(where.split, number) for number in range(SIZES[where.split]))

    return replace(find_benchmark("phantom"), load=load, splits=splits, detect=None, variants=(), counts={})


def knows(shares, *, log=None, name="knows"):
    """A model that answers the share of the questions that its wording decides, the same ones first."""
    answers = {}
    for held in (sample(split, number) for split in SIZES for number in range(SIZES[split])):
        place = np.random.default_rng(list(held.id.encode())).random()
        for wording, share in zip(WORDINGS, shares, strict=False):
            right = held.target.texts[0] if place < share else "I see nothing of the kind"
            answers[plain(held.case, wording).text] = (right, wording.id, held.id)

    def say(request):
        text, wording, identity = answers[request.text]
        if log is not None:
            log.append((identity, wording))
        return text

    return Scripted(say, name=name)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_best_wording_is_chosen_on_validation_and_alone_asked_on_the_test_part():
    log: list[tuple[str, str]] = []
    shares = (0.5, 0.3, 0.8, 0.6, 0.4)
    result = medassay.run(
        model=knows(shares, log=log), benchmark=made("test", "validation"), prompts=5, out="run"
    )
    held = result.manifest["prompts"]
    assert held["chosen"] == "please-first"
    assert {wording for identity, wording in log if identity.startswith("test")} == {"please-first"}
    before = [identity.startswith("validation") for identity, _ in log]
    assert before == sorted(before, reverse=True)  # nothing of the test part was asked before the choice
    chose = {identity for identity, _ in log if identity.startswith("validation")}
    assert chose == {f"validation-{n}" for n in range(200) if n % 3}  # no cluster of the test part
    assert (held["on"]["n"], held["on"]["how"]) == (133, "validation, without the clusters of test")
    assert result.manifest["n"] == 300
    assert result.estimates[0].value == pytest.approx(0.8, abs=0.07)
    assert held["component"]["sd"] == pytest.approx(np.std(shares, ddof=1), rel=0.15)
    drawn = held["drawn"]
    assert drawn["low"] < result.estimates[0].low < result.estimates[0].high
    assert drawn["value"] == pytest.approx(0.52, abs=0.07)  # the family's mean, on the test part


def test_without_a_split_that_can_choose_a_fifth_of_the_clusters_is_held_out():
    log: list[tuple[str, str]] = []
    result = medassay.run(model=knows((0.4, 0.7), log=log), benchmark=made("test"), prompts=2, out="run")
    chose = {row.sample.id for row in read_rows(rows_of(Path("run"), "own"))}
    tested = {row.sample.id for row in result.rows()}
    assert not chose & tested
    assert len(chose | tested) == 300
    assert 40 <= len(chose) <= 80
    assert "20% of the clusters of test" in result.manifest["prompts"]["on"]["how"]
    assert {wording for identity, wording in log if identity in tested} == {"choose-named"}


def test_ties_go_to_the_lower_number():
    result = medassay.run(model=knows((0.5,) * 3), benchmark=made("test"), prompts=3)
    assert result.manifest["prompts"]["chosen"] == "own"
    assert result.manifest["prompts"]["component"]["range"] == 0


def test_runs_of_one_policy_compare_whichever_wording_was_chosen_and_others_do_not():
    card = made("test", "validation")
    one = medassay.run(model=knows((0.8, 0.3), name="a"), benchmark=card, prompts=2)
    other = medassay.run(model=knows((0.3, 0.8), name="b"), benchmark=card, prompts=2)
    assert one.manifest["prompts"]["chosen"] != other.manifest["prompts"]["chosen"]
    assert differences(one, other) == []
    assert one.manifest["protocol"]["prompt"] == "own words of each model, chosen of 2 on validation"
    own = medassay.run(model=knows((0.8,), name="c"), benchmark=card)
    assert differences(one, own)
    more = medassay.run(model=knows((0.8, 0.3, 0.3), name="a"), benchmark=card, prompts=3)
    assert differences(one, more)


def test_one_wording_is_the_plain_run():
    plainly = medassay.run(model=knows((0.5,)), benchmark=made("test"), out="plain")
    once = medassay.run(model=knows((0.5,)), benchmark=made("test"), prompts=1, out="once")
    assert once.manifest["id"] == plainly.manifest["id"]
    assert "prompts" not in once.manifest
    assert "prompts" not in once.to_json()


def test_what_was_asked_before_a_stop_is_not_asked_again():
    first: list[tuple[str, str]] = []
    second: list[tuple[str, str]] = []
    card = made("test", "validation")
    bad = medassay.run(
        model=Failing(knows((0.5, 0.8), log=first), rate=0.3), benchmark=card, prompts=2, out="run"
    )
    held = bad.manifest["prompts"]
    assert not bad.complete
    assert held["failed"] > 0
    assert any("not final" in note for note in held["notes"])
    good = medassay.run(model=knows((0.5, 0.8), log=second), benchmark=card, prompts=2, out="run")
    assert good.complete
    assert not set(first) & set(second)
    assert len(first) + len(second) == 2 * 133 + 300


def test_a_report_judges_the_wordings_again_and_shows_them():
    result = medassay.run(model=knows((0.5, 0.8)), benchmark=made("test", "validation"), prompts=2, out="run")
    before = json.loads(Path("run/manifest.json").read_text())["prompts"]
    (again,) = report([Path("run")]).runs
    assert again.manifest["prompts"] == before == result.manifest["prompts"]
    assert medassay.load_run("run").to_json()["prompts"] == before
    for name in ("report.html", "report.md"):
        page = (Path("run") / name).read_text()
        assert "How much the wording matters" in page
        assert "by luck alone" in page


def test_other_rules_judge_the_test_part_and_keep_what_was_chosen():
    medassay.run(model=knows((0.5, 0.8)), benchmark=made("test", "validation"), prompts=2, out="run")
    done = CliRunner().invoke(app, ["score", "run", "--protocol", "vlmevalkit", "--out", "other"])
    assert done.exit_code == 0
    held = json.loads(Path("other/manifest.json").read_text())["prompts"]
    assert set(held) == {"on", "wordings", "chosen"}
    assert held["chosen"] == "choose-named"


def test_what_cannot_be_put_otherwise_is_refused_in_a_line(shared_data):
    with pytest.raises(UsageError, match="words of its own"):
        medassay.run(model=knows((0.5,)), benchmark="slake", data=shared_data / "slake", prompts=2)
    with pytest.raises(UsageError, match="1 to 10 wordings"):
        medassay.run(model=knows((0.5,)), benchmark=made("test"), prompts=11)
    encoder = Scripted(lambda request: "")
    encoder.identity = {"loader": "contrastive"}
    with pytest.raises(UsageError, match="reads no prompt"):
        medassay.run(model=encoder, benchmark=made("test"), prompts=2)


def test_the_command_prints_the_wordings_and_counts_them_beforehand():
    command = ["run", "--model", "demo-vlm", "--benchmark", "phantom@vqa:n=60", "--prompts", "3"]
    shown = CliRunner().invoke(app, [*command, "--dry-run", "--json"])
    before = json.loads(shown.stdout)
    result = CliRunner().invoke(app, [*command, "--json", "--out", "run"])
    held = json.loads(result.stdout)
    assert before["requests"] == 3 * held["prompts"]["on"]["n"] + held["n"]
    assert before["samples"] == held["n"]
    printed = CliRunner().invoke(app, [*command, "--out", "run"])
    assert "Wordings, on the rows that choose" in printed.stdout
    assert "own-first-named" not in printed.stdout  # the fourth
