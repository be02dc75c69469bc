"""What MedEvalKit prints where it asks a judge: two of its datasets count the verdicts wrongly.

A row carries its verdict in the trace of its response, as `medassay judge` leaves it. The right count is
that of the rubric `medevalkit`; here stand the wrong ones, so that a printed number can be had again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from medassay.metrics.tables import mean_of
from medassay.protocols.medevalkit.reading import tagged
from medassay.types import Kind, Metric, Response, Sample, Score, Scorer

SLAKE, PATHVQA = "slake_judge_double_count", "pathvqa_judge_zeroes_closed"
JUDGED: Mapping[str, str] = {"slake": SLAKE, "pathvqa": PATHVQA}
"""The bug of a dataset, by its name."""
_ROLE = "judge"  # of the step that holds the reply
_RIGHT = "0"
_OPEN = frozenset[Kind]({"open"})


def verdict(response: Response) -> bool | None:
    """Whether the judge took the answer for correct (0); any reply but that is incorrect. None: not asked."""
    replies = [step.text for step in response.trace if step.role == _ROLE]
    return tagged(replies[-1], "judge") == _RIGHT if replies else None


def with_verdicts(scorer: Scorer, closed: frozenset[Kind], bug: str) -> Scorer:
    """The scorer with the value `judged` on rows that carry a verdict: what the row adds to the total.

    SLAKE: the rule's hit, of closed questions, and the verdict. PathVQA: the verdict, of open ones, else 0.
    """

    def score(sample: Sample, response: Response) -> Score:
        plain, said = scorer(sample, response), verdict(response)
        if said is None or plain.status != "scored":
            return plain
        shut = sample.kind in closed
        hit = plain.values["accuracy"] if shut and bug == SLAKE else 0.0
        counted = float(said) if bug == SLAKE or not shut else 0.0
        return replace(plain, values={**plain.values, "judged": hit + counted})

    return score


def judged_metrics(closed: frozenset[Kind], bug: str) -> tuple[Metric, ...]:
    """The totals that are printed: all, closed and open questions, over the rows with a verdict."""
    return tuple(
        mean_of(
            "judged",
            f"judged_accuracy{part}",
            kinds,
            optional=True,
            high=2.0 if bug == SLAKE else 1.0,
            definition=f"MedEvalKit's accuracy{part.replace('_', ' ')} with its judge, as it is printed",
            source="alibaba-damo-academy/MedEvalKit@9b12e3b",
            checked="hand-made verdicts",
        )
        for part, kinds in (("", closed | _OPEN), ("_closed", closed), ("_open", _OPEN))
    )
