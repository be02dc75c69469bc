"""A reward for answering what was reasoned."""

from __future__ import annotations

from collections.abc import Mapping

from medassay.adaptation.generative.rewards.completion import Completion
from medassay.types import Sample


def consistency(_sample: Sample, completion: Completion) -> Mapping[str, float]:
    """1 where the last sentence of the thinking names the answer that is then given, else 0.

    Both are read by the benchmark's scorer, right or wrong; a sentence that names several answers, none, or
    denies one concludes nothing. Reasoning that does not lead to the answer is the failure that CAPO and
    MMedAgent-RL reward against.
    """
    concluded, score = completion.concluded, completion.score
    same = (
        concluded is not None
        and concluded.status == score.status == "scored"
        and concluded.answer == score.answer
    )
    return {"consistency": float(same)}
