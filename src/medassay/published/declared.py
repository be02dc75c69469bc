"""What is declared of the models of published tables: their cards, and their relation to a dataset."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from io import StringIO
from pathlib import Path

from medassay.errors import DataError

Relations = Mapping[tuple[str, str], str]
"""The relation by model and benchmark, as the table names them."""


def card_names() -> Mapping[str, str]:
    """The name of the card of each model of the shipped tables of which the paper says which it is."""
    text = (files(__package__) / "models.csv").read_text("utf-8")
    return {row["model"]: row["card"] for row in csv.DictReader(StringIO(text))}


def shipped_relations() -> Relations:
    """In or out of a model's domain: the flag of the authors of arXiv 2506.17337 in its diagnosis tables.

    The flag says which kinds of images a model was made for, not that it has seen the dataset.
    """
    return _parsed((files(__package__) / "relations.csv").read_text("utf-8"), "relations.csv")


def read_relations(path: Path) -> Relations:
    """The relations of a CSV with the columns model, benchmark and relation.

    Raises:
        DataError: it is missing, has other columns, or says two things of one pair; names the line.
    """
    try:
        return _parsed(path.read_text("utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _parsed(text: str, where: str) -> Relations:
    rows = csv.DictReader(StringIO(text))
    columns = ("model", "benchmark", "relation")
    if missing := [name for name in columns if name not in (rows.fieldnames or ())]:
        raise DataError(f"{where}: has no column {', '.join(missing)}; it needs {', '.join(columns)}")
    held: dict[tuple[str, str], str] = {}
    for number, row in enumerate(rows, start=2):
        model, benchmark, relation = ((row[name] or "").strip() for name in columns)
        if held.setdefault((model, benchmark), relation) != relation:
            raise DataError(f"{where}:{number}: {model} on {benchmark} was {held[model, benchmark]!r} before")
    return held
