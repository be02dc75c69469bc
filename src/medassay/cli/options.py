"""The options that several commands take, named once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

BenchmarkWord = Annotated[
    str, typer.Option("--benchmark", "-b", help="name@variant:option=value, or a Python file.")
]
DataFolder = Annotated[
    str | None,
    typer.Option("--data", "-d", metavar="[NAME=]DIR", help="The folder with the dataset's own files."),
]
Split = Annotated[str | None, typer.Option("--split", help="A split of the benchmark [default: its first].")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="The folder of the run.")]
Permit = Annotated[
    list[str] | None,
    typer.Option("--permit", help="For data that must not leave: a host, report or log it may go to."),
]
Slices = Annotated[bool, typer.Option("--slices", help="Print the slices by tag too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
ProtocolWord = Annotated[
    str, typer.Option("--protocol", help="Published rules: NAME, NAME+bugs. `medassay list protocols`.")
]
