"""The command: its forms, where it writes, and what must not leave."""

from __future__ import annotations

import zipfile
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
from medassay.types import Sample, Score
from medassay.workflows.exporting import export
from medassay.workflows.results import headline

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


def test_an_unread_error_has_no_size(made: Any) -> None:
    run = made("one")
    row = replace(next(run.rows()), score=Score(status="unparsed"))
    assert worth(run.benchmark, row) == 0.0
    assert worth(replace(run.benchmark, primary="mean_absolute_error"), row) is None
