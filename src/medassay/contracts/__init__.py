"""What every benchmark and every model must hold: the newcomer's reviewer.

The tests run these over the whole catalogue, users over their own additions (`medassay check`). A check
never raises: what goes wrong inside it is what it found.
"""

from __future__ import annotations

from medassay.contracts.benchmarks import check_benchmark
from medassay.contracts.finding import Finding
from medassay.contracts.models import Tolerance, check_model
from medassay.contracts.targets import gold_answer

__all__ = ["Finding", "Tolerance", "check_benchmark", "check_model", "gold_answer"]
