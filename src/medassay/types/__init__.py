"""The values that flow through an evaluation, and the roles that act on them.

    Benchmark.load -> Sample --Prompt--> Request --Model--> Response --Scorer--> Score
        => Row --Metric, by slice--> Estimate

Nothing here imports the rest of the package; only the standard library and numpy. Values are frozen:
a stage takes one and returns another.
"""

from __future__ import annotations

from medassay.types.asking import Decoding, Draws, Message, Part, Request, Response, Role, Step, Usage
from medassay.types.judging import (
    STATUSES,
    Columns,
    Estimate,
    FloatArray,
    Measure,
    Metric,
    Row,
    Score,
    Status,
)
from medassay.types.keys import canonical, fingerprint
from medassay.types.roles import (
    Access,
    Benchmark,
    Encoder,
    Loader,
    Model,
    ModelCard,
    Prompt,
    Scorer,
    Solver,
    Style,
    Turns,
    Where,
)
from medassay.types.samples import KINDS, UNKNOWN_CLUSTER, Box, Case, Choice, Image, Kind, Op, Sample, Target

__all__ = [
    "KINDS",
    "STATUSES",
    "UNKNOWN_CLUSTER",
    "Access",
    "Benchmark",
    "Box",
    "Case",
    "Choice",
    "Columns",
    "Decoding",
    "Draws",
    "Encoder",
    "Estimate",
    "FloatArray",
    "Image",
    "Kind",
    "Loader",
    "Measure",
    "Message",
    "Metric",
    "Model",
    "ModelCard",
    "Op",
    "Part",
    "Prompt",
    "Request",
    "Response",
    "Role",
    "Row",
    "Sample",
    "Score",
    "Scorer",
    "Solver",
    "Status",
    "Step",
    "Style",
    "Target",
    "Turns",
    "Usage",
    "Where",
    "canonical",
    "fingerprint",
]
