"""`medassay extract`: what the scorer sees in an answer."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from medassay.errors import DataError


class Form(StrEnum):
    """What can be read."""

    choice = "choice"
    multi_choice = "multi-choice"
    yes_no = "yes/no"
    label = "label"
    multilabel = "multilabel"
    number = "number"
    box = "box"
    text = "text"


def extract(
    file: Annotated[
        Path | None, typer.Argument(help="One response a line, or .jsonl [default: standard input].")
    ] = None,
    kind: Annotated[Form, typer.Option("--kind", "-k", help="What is looked for.")] = Form.choice,
    options: Annotated[str, typer.Option("--options", help="'A=fracture;B=no fracture'.")] = "",
    unit: Annotated[str, typer.Option("--unit", help="In which a number is wanted: mm, %, ...")] = "",
    question: Annotated[str, typer.Option("--question", help="That yes or no answers: restatements.")] = "",
    size: Annotated[str, typer.Option("--size", help="Of the image, for boxes: 640x480.")] = "",
    dialect: Annotated[
        str, typer.Option("--dialect", help="Of boxes: auto, pixels, fractions, 0-1000, ...")
    ] = "auto",
    as_jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl", help="Lines are objects: response, id, finish_reason, options, question, unit, size."
        ),
    ] = False,
) -> None:
    """Print what is read in each response, as JSON: status, answer, the rule that read it, and where.

    Example: echo 'B is unlikely; the answer is (A).' | medassay extract --options 'A=fracture;B=cyst'
    """
    from medassay.workflows.extracting import Asked, options_of, size_of
    from medassay.workflows.extracting import extract as work

    asked = Asked(
        choices=options_of(options, kind.value) if options else (),
        question=question,
        unit=unit,
        size=size_of(size),
        dialect=dialect,
    )
    objects = as_jsonl or (file is not None and file.suffix == ".jsonl")
    try:
        with (
            nullcontext(sys.stdin) if file is None else file.open(encoding="utf-8", errors="replace") as lines
        ):
            for found in work(lines, form=kind.value, asked=asked, as_json=objects):
                typer.echo(json.dumps(found, ensure_ascii=False))
    except OSError as error:
        raise DataError(f"{file}: {error.strerror or error}") from error
