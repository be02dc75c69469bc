"""`medassay doctor`: is what lies there whole, and does it follow from what lies below it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import INCOMPLETE, put, say


def doctor(
    paths: Annotated[
        list[Path], typer.Argument(help="Run folders, folders of runs, adaptations, or response stores.")
    ],
    as_json: AsJson = False,
) -> None:
    """Check runs, adaptations and stores, and say what was found. Nothing is changed."""
    from medassay.reporting.health import render
    from medassay.workflows.examining import examine

    examined = {str(path): examine(path) for path in paths}
    if as_json:
        say(json.dumps({path: held.to_json() for path, held in examined.items()}, ensure_ascii=False))
    else:
        for held in examined.values():
            for shown in render([(f.place, f.check, f.level, f.said) for f in held.findings]):
                put(shown)
    if not all(held.sound for held in examined.values()):
        raise typer.Exit(INCOMPLETE)
