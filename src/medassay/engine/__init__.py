"""The loop: samples in, rows out. The only place that knows every stage."""

from medassay.engine.loop import evaluate
from medassay.engine.progress import Progress

__all__ = ["Progress", "evaluate"]
