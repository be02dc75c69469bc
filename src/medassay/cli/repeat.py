"""`medassay run --check RUN`: ask a sample of a stored run again."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import typer

from medassay.cli.printing import INCOMPLETE, say
from medassay.cli.progress import Display, stoppable

_SHOWN = 5


def check_run(
    folder: Path, *, model: str, data: str | None, limit: int | None, permit: Collection[str], as_json: bool
) -> None:
    """Say how many answers came out otherwise; ends with 1 if any did."""
    from medassay.workflows.repeating import LIMIT, repeat

    with stoppable(), Display(quiet=as_json) as progress:
        progress.start(f"{folder} again")
        held = repeat(
            folder, model=model, data=data, limit=limit or LIMIT, permit=permit, progress=progress.show
        )
    if as_json:
        say(json.dumps(held.to_json(), ensure_ascii=False))
    else:
        share = len(held.changes) / held.n
        say(
            f"{len(held.changes)} of {held.n} answers changed "
            f"({share:.1%} [{100 * held.low:.1f}, {100 * held.high:.1f}])."
        )
        if held.probabilities:
            say(f"{held.probabilities} more gave the same words with other probabilities.")
        for change in held.changes[:_SHOWN]:
            say(f"  {change.id}: {change.before[:60]!r} then, {change.after[:60]!r} now")
        for difference in held.differences:
            say(f"  {difference}")
    if not held.same:
        raise typer.Exit(INCOMPLETE)
