"""Evaluate, adapt and audit medical vision-language models.

    import medassay

    result = medassay.run(model="demo-vlm", benchmark="phantom", limit=100)
    for estimate in result.estimates:
        ...

Names are loaded on first use, so importing the package is instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from medassay.contracts import check_benchmark, check_model
    from medassay.errors import (
        DataError,
        ImageError,
        MedassayError,
        MissingExtra,
        ModelError,
        StoreError,
        UnknownName,
        UsageError,
    )
    from medassay.images import open_image, read_bytes
    from medassay.statistics import Comparison
    from medassay.types import (
        Benchmark,
        Box,
        Case,
        Choice,
        Decoding,
        Encoder,
        Estimate,
        Image,
        Measure,
        Message,
        Metric,
        Model,
        ModelCard,
        Op,
        Request,
        Response,
        Row,
        Sample,
        Score,
        Step,
        Style,
        Target,
        Usage,
        Where,
    )
    from medassay.workflows.adapting import adapt
    from medassay.workflows.adapting.parts import Cut
    from medassay.workflows.comparing import compare
    from medassay.workflows.fairness import fairness
    from medassay.workflows.results import Run, load_run
    from medassay.workflows.running import run
    from medassay.workflows.scoring import score

_HOMES = {
    "medassay.contracts": ("check_benchmark", "check_model"),
    "medassay.errors": (
        "DataError",
        "ImageError",
        "MedassayError",
        "MissingExtra",
        "ModelError",
        "StoreError",
        "UnknownName",
        "UsageError",
    ),
    "medassay.images": ("open_image", "read_bytes"),
    "medassay.statistics": ("Comparison",),
    "medassay.types": (
        "Benchmark",
        "Box",
        "Case",
        "Choice",
        "Decoding",
        "Encoder",
        "Estimate",
        "Image",
        "Measure",
        "Message",
        "Metric",
        "Model",
        "ModelCard",
        "Op",
        "Request",
        "Response",
        "Row",
        "Sample",
        "Score",
        "Step",
        "Style",
        "Target",
        "Usage",
        "Where",
    ),
    "medassay.workflows.adapting": ("adapt",),
    "medassay.workflows.adapting.parts": ("Cut",),
    "medassay.workflows.comparing": ("compare",),
    "medassay.workflows.exporting": ("export",),
    "medassay.workflows.fairness": ("fairness",),
    "medassay.workflows.judging": ("judge",),
    "medassay.workflows.results": ("Run", "load_run"),
    "medassay.workflows.running": ("run",),
    "medassay.workflows.scoring": ("score",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Benchmark",
    "Box",
    "Case",
    "Choice",
    "Comparison",
    "Cut",
    "DataError",
    "Decoding",
    "Encoder",
    "Estimate",
    "Image",
    "ImageError",
    "Measure",
    "MedassayError",
    "Message",
    "Metric",
    "MissingExtra",
    "Model",
    "ModelCard",
    "ModelError",
    "Op",
    "Request",
    "Response",
    "Row",
    "Run",
    "Sample",
    "Score",
    "Step",
    "StoreError",
    "Style",
    "Target",
    "UnknownName",
    "Usage",
    "UsageError",
    "Where",
    "adapt",
    "check_benchmark",
    "check_model",
    "compare",
    "export",
    "fairness",
    "judge",
    "load_run",
    "open_image",
    "read_bytes",
    "run",
    "score",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'medassay' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
