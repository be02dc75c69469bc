"""Suites: the tables of a paper as a grid of runs."""

from medassay.workflows.suites.planned import Assumed, Planned, plan_suite
from medassay.workflows.suites.reading import find_suite, is_suite, shipped
from medassay.workflows.suites.running import Place, Ran, run_suite
from medassay.workflows.suites.surveying import survey
from medassay.workflows.suites.tabling import report_suite

__all__ = [
    "Assumed",
    "Place",
    "Planned",
    "Ran",
    "find_suite",
    "is_suite",
    "plan_suite",
    "report_suite",
    "run_suite",
    "shipped",
    "survey",
]
