"""What a test is worth where it is used: a threshold chosen beforehand, and all that follows from it."""

from medassay.statistics.operating.calls import INDETERMINATE, NEGATIVE, POSITIVE, Calls
from medassay.statistics.operating.performance import Figure, Performance, perform
from medassay.statistics.operating.rule import Rule, choose

__all__ = [
    "INDETERMINATE",
    "NEGATIVE",
    "POSITIVE",
    "Calls",
    "Figure",
    "Performance",
    "Rule",
    "choose",
    "perform",
]
