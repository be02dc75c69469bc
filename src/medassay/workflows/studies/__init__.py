"""A study one can stand behind: plan, lock, choose, look, report, verify."""

from medassay.workflows.studies.folder import Study, load
from medassay.workflows.studies.locking import lock
from medassay.workflows.studies.plan import Plan, read_plan
from medassay.workflows.studies.steps import choose, deviate, look

__all__ = ["Plan", "Study", "choose", "deviate", "load", "lock", "look", "read_plan"]
