"""Runs as a page, as Markdown, as tables in files, and on a terminal. Nothing here computes a number."""

from __future__ import annotations

from medassay.reporting.compared import Compared
from medassay.reporting.html import write_html
from medassay.reporting.markdown import write_markdown
from medassay.reporting.record import Examples, RunRecord, choose_examples
from medassay.reporting.reliability import write_reliability
from medassay.reporting.table import read_parquet, write_csv, write_parquet
from medassay.reporting.terminal import comparison_text, estimates_table, headline_text

__all__ = [
    "Compared",
    "Examples",
    "RunRecord",
    "choose_examples",
    "comparison_text",
    "estimates_table",
    "headline_text",
    "read_parquet",
    "write_csv",
    "write_html",
    "write_markdown",
    "write_parquet",
    "write_reliability",
]
