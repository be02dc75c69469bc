"""The plan of a validation: what a hospital states before the numbers are seen, as a YAML file."""

from __future__ import annotations

from pathlib import Path

from medassay.benchmarks.described.pieces import Piece, read_pieces
from medassay.errors import DataError
from medassay.reporting.validation import Bar, Plan

SCHEMA = "1"
_NEEDED = {
    "kind": "begin the file with `kind: validation`",
    "schema": f"write `schema: {SCHEMA}` below `kind: validation`",
    "title": "say what is validated for what",
    "intended_use": "say who is to use the model, on whom, and for which decision",
    "endpoint": "name the primary metric: `endpoint: {metric: auroc, at_least: 0.9}`",
    "limits": "list what this validation does not show",
    "signatures": "list the roles that sign",
}
KEYS = (*_NEEDED, "setting", "responsible", "subgroups")
_ENDPOINT = ("metric", "where", "at_least", "at_most")


def read_plan(path: Path) -> Plan:
    """What a file `kind: validation` says.

    Raises:
        DataError: it is missing, or has a mistake; names the line and what to write instead.
    """
    held = read_pieces(path, example="docs/reports.md shows one").entries(KEYS)
    for key, example in _NEEDED.items():
        if key not in held:
            raise DataError(f"{path}: the key {key!r} is missing: {example}")
    held["kind"].one_of(("validation",))
    held["schema"].one_of((SCHEMA,))
    endpoint = held["endpoint"].entries(_ENDPOINT)
    if "metric" not in endpoint:
        raise held["endpoint"].fail(_NEEDED["endpoint"])
    return Plan(
        title=held["title"].text(),
        intended_use=held["intended_use"].text(),
        setting=held["setting"].text() if "setting" in held else "",
        responsible=held["responsible"].text() if "responsible" in held else "",
        metric=endpoint["metric"].text(),
        where={k: v.text() for k, v in endpoint["where"].entries().items()} if "where" in endpoint else {},
        bar=_bar(held["endpoint"], endpoint),
        subgroups=held["subgroups"].texts() if "subgroups" in held else (),
        limits=held["limits"].texts(),
        signatures=held["signatures"].texts(),
    )


def _bar(whole: Piece, endpoint: dict[str, Piece]) -> Bar | None:
    """What the endpoint must reach, None where nothing was stated."""
    stated = [name for name in ("at_least", "at_most") if name in endpoint]
    if len(stated) > 1:
        raise whole.fail("at_least and at_most exclude each other: keep one")
    if not stated:
        return None
    piece = endpoint[stated[0]]
    try:
        return Bar(value=float(piece.text()), least=stated[0] == "at_least")
    except ValueError as error:
        raise piece.fail(f"{piece.text()!r} should be a number") from error
