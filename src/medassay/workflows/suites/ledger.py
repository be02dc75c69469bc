"""What became of each cell, beside the runs: one that could not be run leaves a row and its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from medassay import codec
from medassay.errors import DataError
from medassay.reporting.files import write_text
from medassay.reporting.suite_cells import Outcome, to_json

CELLS = "cells.json"
Key = tuple[str, str, str]


class Ledger:
    """The outcomes in `cells.json`, written anew with each: a kill loses none."""

    def __init__(self, out: Path, suite: str) -> None:
        self._path, self._suite = out / CELLS, suite
        self.rows = read_ledger(out)

    def add(self, outcome: Outcome) -> None:
        """Put an outcome in the place of an earlier one of its cell.

        Raises:
            StoreError: it cannot be written.
        """
        self.rows = {**self.rows, key_of(outcome): outcome}
        text = json.dumps(to_json(self._suite, list(self.rows.values())), ensure_ascii=False, indent=1)
        write_text(self._path, text + "\n")


def read_ledger(out: Path) -> Mapping[Key, Outcome]:
    """The outcomes by the key of their cell; none where there is no file.

    Raises:
        DataError: the file is damaged.
    """
    path = out / CELLS
    try:
        rows = [Outcome(**held) for held in codec.loads(path.read_text("utf-8"))["cells"]]
        return {key_of(row): row for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} cannot be read ({error}): remove it, the runs beside it are kept") from error


def key_of(row: Outcome) -> Key:
    """The key of its cell."""
    return row.setting, row.benchmark, row.model
