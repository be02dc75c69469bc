"""A run against a server, from the address to the report."""

from __future__ import annotations

import pytest
from tests.models.server.endpoint import Reply, said, serving

import medassay

pytest.importorskip("openai", reason="openai absent")
SMALL = "phantom@vqa:n=12"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_run_over_http_is_resumed_without_asking_again():
    with serving(lambda *_: said("yes")) as server:
        first = medassay.run(model=f"{server.address}:name=org/tiny", benchmark=SMALL, out="run")
        asked = len(server.asked)
        again = medassay.run(model=f"{server.address}:name=org/tiny", benchmark=SMALL, out="run")
    assert first.complete
    assert first.manifest["model"]["name"] == "tiny"
    assert (len(server.asked), again.manifest["asked"]) == (asked, 0)
    assert first.manifest["usage"]["input_tokens"] == 100 * first.manifest["n"]
    assert first.manifest["served"]["models"] == {"served-name fp_1": first.manifest["n"]}
    page = (first.path / "report.html").read_text("utf-8")
    assert "served-name fp_1" in page
    assert "MORE THAN ONE" not in page


def test_a_server_that_changes_its_model_is_flagged():
    def script(body, before):
        return said(
            "yes",
            system_fingerprint="fp_1" if len(body["messages"][-1]["content"][-1]["text"]) % 2 else "fp_2",
        )

    with serving(script) as server:
        done = medassay.run(model=f"{server.address}:name=m", benchmark=SMALL, out="run")
    assert set(done.manifest["served"]["models"]) == {"served-name fp_1", "served-name fp_2"}
    assert "MORE THAN ONE MODEL ANSWERED" in (done.path / "report.html").read_text("utf-8")


def test_a_budget_ends_a_run_as_incomplete_and_a_larger_one_goes_on(tmp_path):
    (tmp_path / ".medassay").mkdir()
    table = "kind: prices\nschema: 1\nmodels:\n  m: {input: 1, output: 100}\n"
    (tmp_path / ".medassay" / "prices.yaml").write_text(table, "utf-8")
    with serving(lambda *_: said("yes")) as server:
        word = f"{server.address}:name=m"
        poor = medassay.run(model=word, benchmark=SMALL, out="run", budget=0.04)
        asked = len(server.asked)
        rich = medassay.run(model=word, benchmark=SMALL, out="run", budget=5.0)
    assert not poor.complete
    assert 0 < asked < poor.manifest["n"]
    assert poor.manifest["usage"]["euros"] <= 0.04
    assert rich.complete
    assert len(server.asked) == rich.manifest["n"]


def test_failures_of_a_server_are_rows_and_are_asked_again():
    with serving(lambda *_: Reply(400, {"error": {"message": "no"}})) as server:
        bad = medassay.run(model=f"{server.address}:name=m", benchmark=SMALL, out="run")
        assert bad.manifest["counts"]["failed"] == bad.manifest["n"]
        server.script = lambda *_: said("yes")
        assert medassay.run(model=f"{server.address}:name=m", benchmark=SMALL, out="run").complete
