"""Asking a stored run again: the same answers, or the ones that are not, by name."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import medassay
from medassay.cli import app
from medassay.errors import UsageError
from medassay.models.fakes import Failing, Scripted
from medassay.workflows.repeating import repeat

TASK = "phantom@vqa:n=24"


def says(text, name="said"):
    return Scripted(lambda request: text, name=name)


class Sure:
    """A model that gives probabilities beside the same words."""

    def __init__(self):
        self._held = says("yes", name="sure")
        self.name, self.fingerprint, self.identity = "sure", "f" * 64, {}
        self.style, self.wants_pixels = self._held.style, False

    def answer(self, requests):
        for index, response in self._held.answer(requests):
            n = len(requests[index].choices)
            yield index, replace(response, probs=(1 / n,) * n if n else None)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    place = tmp_path_factory.mktemp("repeated")
    medassay.run(model=says("yes"), benchmark=TASK, out=place / "run", store=place / "answers.db")
    return place / "run"


def test_the_same_model_gives_the_same_answers(stored):
    held = repeat(stored, model=says("yes"), limit=20)
    assert (held.n, list(held.changes), held.probabilities, held.same) == (20, [], 0, True)
    assert held.low == 0
    assert held.high == pytest.approx(1 - 0.025 ** (1 / 20))  # Clopper-Pearson by hand
    assert list(held.differences) == []


def test_another_answer_is_named_and_so_is_another_model(stored):
    held = repeat(stored, model=says("no", name="other"), limit=10)
    assert (len(held.changes), held.changes[0].before, held.changes[0].after) == (10, "yes", "no")
    assert "the model is another" in held.differences[0]


def test_other_probabilities_are_counted_apart(stored):
    held = repeat(stored, model=Sure(), limit=24)
    assert not held.changes
    assert held.probabilities > 0
    assert not held.same


def test_rows_that_failed_are_not_compared(stored, tmp_path):
    held = repeat(stored, model=Failing(says("yes"), rate=0.5), limit=20)
    assert 0 < held.n < 20
    medassay.run(
        model=Failing(says("yes"), rate=1.0), benchmark=TASK, out=tmp_path / "r", store=tmp_path / "s.db"
    )
    with pytest.raises(UsageError, match="none of its rows"):
        repeat(tmp_path / "r", model=says("yes"))


@pytest.mark.slow
def test_the_command_asks_a_shipped_model_again(tmp_path, monkeypatch):
    pytest.importorskip("transformers", reason="transformers is not installed")
    monkeypatch.chdir(tmp_path)
    words = ["run", "-m", "demo-vlm", "-b", "phantom@vqa:n=12", "--out", "run", "--temperature", "0.7"]
    assert CliRunner().invoke(app, words).exit_code == 0
    done = CliRunner().invoke(app, ["run", "--check", "run", "--limit", "12", "--json"])
    held = json.loads(done.stdout)
    assert (done.exit_code, held["n"], held["changes"]) == (0, 12, [])
