"""Matrices of adaptations: models by recipes by datasets by shares of the data by seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence

from medassay.reporting.files import write_text
from medassay.reporting.grid_page import as_csv, as_markdown, as_page
from medassay.reporting.grids import GridReport, Outcome
from medassay.workflows.grids.cluster import Share
from medassay.workflows.grids.gathering import gather
from medassay.workflows.grids.reading import read_grid
from medassay.workflows.grids.running import Place, run_grid, survey

__all__ = ["Place", "Share", "gather", "read_grid", "run_grid", "survey", "write_report"]


def write_report(place: Place, cells: Sequence[Outcome]) -> GridReport:
    """Gather what is there into `grid.json`, `grid.csv`, `grid.md` and `report.html` of the grid's folder.

    Raises:
        DataError: a run or a record is damaged.
        StoreError: the folder cannot be written.
    """
    report = gather(place.grid, place.out, cells)
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    write_text(place.out / "grid.json", text + "\n")
    write_text(place.out / "grid.csv", as_csv(report))
    write_text(place.out / "grid.md", as_markdown(report))
    write_text(place.out / "report.html", as_page(report))
    return report
