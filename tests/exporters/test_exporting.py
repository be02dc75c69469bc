"""The command: its forms, where it writes, and what must not leave."""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import UsageError
from medassay.exporters import Form
from medassay.exporters.exported import Exported, question_of, worth
from medassay.models.function import FunctionModel
from medassay.types import Measure, Request, Sample, Score, Style
from medassay.workflows.exporting import export
from medassay.workflows.results import headline
from medassay.workflows.running import run as ask

FILES = ("lm-eval", "every-eval-ever", *(("inspect",) if find_spec("inspect_ai") else ()))
quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of inspect_ai's own packages


def _content(place: Path) -> bytes:
    """All that lies below a folder, logs (which are zip files) unpacked."""
    parts = []
    for path in sorted(place.rglob("*")):
        if path.suffix == ".eval":
            with zipfile.ZipFile(path) as log:
                parts += [log.read(name) for name in log.namelist()]
        elif path.is_file():
            parts.append(path.read_bytes())
    return b"\n".join(parts)


@quiet
@pytest.mark.parametrize("form", FILES)
def test_rows_that_must_not_leave_stay_and_numbers_go(made: Any, tmp_path: Path, form: str) -> None:
    run = made("closed", may_leave=False)
    held = export([run], to=form, out=tmp_path)
    content = _content(tmp_path)
    assert held.withheld == ("made-up",)
    assert b"finding" not in content
    assert b"made-up-7" not in content
    assert repr(run.estimates[0].value).encode() in content
    opened = export([run], to=form, out=tmp_path / "open", permit=["export"])
    assert opened.withheld == ()
    assert b"finding" in _content(tmp_path / "open")


@pytest.mark.parametrize("form", ["latex", "markdown", "model-index"])
def test_texts_hold_no_rows_and_go_to_a_file_or_are_returned(made: Any, tmp_path: Path, form: str) -> None:
    run = made("closed", may_leave=False)
    held = export([run], to=form)
    assert "finding" not in held.text
    written = export([run], to=form, out=tmp_path / "table.txt")
    assert (written.text, written.files) == ("", (tmp_path / "table.txt",))
    assert written.files[0].read_text("utf-8") == held.text


def test_the_command_prints_texts_and_names_files(made: Any, tmp_path: Path) -> None:
    folder = str(made("one").path)
    printed = CliRunner().invoke(app, ["export", folder, "--to", "markdown"])
    assert printed.output == export([made("one")], to="markdown").text
    written = CliRunner().invoke(app, ["export", folder, "--to", "lm-eval", "--out", str(tmp_path)])
    assert [line.split()[0] for line in written.output.splitlines()] == ["wrote", "wrote"]
    closed = str(made("closed", may_leave=False).path)
    told = CliRunner().invoke(app, ["export", closed, "--to", "lm-eval", "--out", str(tmp_path)])
    assert "the rows of made-up stay here" in told.output


def test_the_forms_of_the_command_are_those_of_the_workflow() -> None:
    from medassay.cli.export import Form as Offered

    assert tuple(form.value for form in Offered) == get_args(Form)


def test_what_is_asked_wrongly_is_said(made: Any, tmp_path: Path) -> None:
    run = made("one")
    running = replace(run, manifest={**run.manifest, "status": "running"})
    for runs, options, message in (
        ([run], {"to": "pdf"}, "no form of export is called 'pdf'"),
        ([run], {"to": "latex", "with_images": True}, "holds no images"),
        ([], {"to": "latex"}, "no run to export"),
        ([running], {"to": "latex"}, "is running"),
    ):
        with pytest.raises(UsageError, match=message):
            export(runs, out=tmp_path / "x", **options)
    assert not (tmp_path / "x").exists()


def test_answers_made_elsewhere_are_not_given_words_that_nobody_asked(made: Any) -> None:
    run = made("one")
    sample: Sample = next(run.rows()).sample
    (message,) = Exported(record=headline(run)).messages(sample)
    assert message.parts == (*sample.images, question_of(sample))
    asked = Exported(record=headline(run), prompt=run.benchmark.prompt).messages(sample)
    assert asked == run.benchmark.prompt(sample.case).messages != (message,)


def test_rows_that_the_headline_does_not_take_have_no_worth(made: Any) -> None:
    run = made("one")
    row = next(run.rows())
    box = Score(status="scored", values={"box_iou": 0.4})
    assert worth(run.benchmark, row) == 0.0
    for kind in ("box", "number", "report"):
        assert worth(run.benchmark, replace(row, sample=replace(row.sample, kind=kind), score=box)) is None
    closed = replace(run.benchmark, measures=(Measure(metric="accuracy", where={"kind": "yes/no"}),))
    assert {worth(closed, r) is None for r in run.rows() if r.sample.kind == "open"} == {True}
    assert {worth(closed, r) is None for r in run.rows() if r.sample.kind == "yes/no"} == {False}
    held = [worth(run.benchmark, row) for row in run.rows()]
    assert sum(filter(None, held)) / len(held) == run.estimates[0].value


def test_an_unread_error_has_no_size(made: Any) -> None:
    run = made("one")
    row = replace(next(run.rows()), score=Score(status="unparsed"))
    assert worth(run.benchmark, row) == 0.0
    number = replace(row, sample=replace(row.sample, kind="number"))
    assert worth(replace(run.benchmark, primary="mean_absolute_error"), number) is None
    assert (
        worth(replace(run.benchmark, primary="box_iou"), replace(row, sample=replace(row.sample, kind="box")))
        == 0
    )


@quiet
@pytest.mark.parametrize("form", FILES)
def test_what_cannot_stand_in_utf8_does_not_stop_an_export(made: Any, tmp_path: Path, form: str) -> None:
    run = made("broken", said={"made-up-3": "no \ud800 and \x00 \u202e"})
    export([run], to=form, out=tmp_path)
    assert b"no ? and" in _content(tmp_path)


@quiet
@pytest.mark.parametrize("form", FILES)
def test_an_undefined_number_is_none(made: Any, tmp_path: Path, form: str) -> None:
    run = made("one")
    undefined = replace(run.estimates[1], value=math.nan, se=math.nan, low=None, high=None)
    held = replace(run, estimates=[run.estimates[0], undefined])
    export([held], to=form, out=tmp_path)
    name = f"{undefined.metric} ({undefined.slice})"
    if form == "inspect":
        from inspect_ai.log import read_eval_log

        log: Any = read_eval_log(str(next(tmp_path.glob("*.eval"))))
        (score,) = log.results.scores
        assert math.isnan(score.metrics[name].value)
        return

    def refused(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    record = json.loads(next(tmp_path.rglob("*.json")).read_text("utf-8"), parse_constant=refused)
    if form == "lm-eval":
        assert record["results"][f"made-up:{undefined.slice}"][f"{undefined.metric},none"] == "N/A"
    else:
        assert [r["metric_config"]["metric_id"] for r in record["evaluation_results"]] == ["accuracy"]
    assert "nan" not in export([held], to="model-index").text


@quiet
def test_a_run_of_ours_goes_out_in_the_words_that_were_asked(tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai", reason="inspect_ai absent")
    from inspect_ai.log import read_eval_log

    asked: list[str] = []

    def answer(requests: Sequence[Request]) -> list[str]:
        asked.extend(request.text for request in requests)
        return ["yes"] * len(requests)

    model = FunctionModel(answer, style=Style(system="Be brief."))
    held = ask(
        model=model, benchmark="phantom@vqa", limit=4, out=tmp_path / "run", store=tmp_path / "answers.db"
    )
    export([held], to="inspect", out=tmp_path, with_images=True)
    export([held], to="lm-eval", out=tmp_path)
    log: Any = read_eval_log(str(next(tmp_path.glob("*.eval"))))
    assert {sample.input[0].content for sample in log.samples} == {"Be brief."}
    shown = [sample.input[1].content for sample in log.samples]
    assert [[part.type for part in parts] for parts in shown] == [["image", "text"]] * 4
    assert sorted(f"Be brief.\n{parts[1].text}" for parts in shown) == sorted(asked)
    lines = next(tmp_path.glob("*/samples_*.jsonl")).read_text("utf-8").splitlines()
    prompts = [json.loads(line)["arguments"]["gen_args_0"]["arg_0"] for line in lines]
    assert all(prompt.startswith("Be brief.\n[image sha256:") for prompt in prompts)
    assert sorted(re.sub(r"\[image .*\]\n", "", prompt) for prompt in prompts) == sorted(asked)
