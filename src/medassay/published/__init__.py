"""Published tables, and what they cannot be: arithmetic that needs nothing but the tables themselves."""

from __future__ import annotations

from medassay.published.cells import Cell, Finding, Table, read_cells, shipped
from medassay.published.checks import CHECKS, audit

__all__ = ["CHECKS", "Cell", "Finding", "Table", "audit", "read_cells", "shipped"]
