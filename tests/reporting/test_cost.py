"""What a way of asking took stands beside the score, in every form of the report."""

import pytest

import medassay
from medassay.models.fakes import Scripted
from medassay.types import Response


def broken(_case, request):
    """A scheme that falls back on every row."""
    yield [request]
    [second] = yield [request]
    return Response(text=second.text, fallback="nobody agreed")


def test_every_form_says_that_the_scheme_broke_and_what_it_took(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = medassay.run(
        model=Scripted(lambda _: "yes", name="yes"), benchmark="phantom@vqa:n=6", solver=broken, out="run"
    )
    assert run.path is not None
    n = run.manifest["n"]
    said = (f"The scheme broke on {n} of {n} rows (100.0%)", "calls 2.0 (2), one after another 2.0 (2)")
    for name in ("report.html", "report.md"):
        text = (run.path / name).read_text("utf-8").replace("\\", "")
        for sentence in said:
            assert sentence in text, name


@pytest.mark.parametrize("form", ["report.html", "report.md"])
def test_a_single_call_says_nothing_of_it(tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    run = medassay.run(model=Scripted(lambda _: "yes", name="yes"), benchmark="phantom@vqa:n=6", out="run")
    assert run.path is not None
    assert "Per sample" not in (run.path / form).read_text("utf-8")
