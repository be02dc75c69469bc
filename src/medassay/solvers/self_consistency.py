"""The same question drawn several times, and the answer that most of them give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from medassay.errors import UsageError
from medassay.solvers.context import Context
from medassay.solvers.cot import stepwise
from medassay.solvers.voting import vote
from medassay.types import Case, Request, Solver, Turns


@dataclass(frozen=True, kw_only=True)
class SelfConsistency:
    """Ask n times at a temperature and take the majority of the answers that can be read.

    After Wang et al., ICLR 2023 (arXiv 2203.11171), where each draw reasons first (`steps=true`). Ties go to
    the earliest answer. The share of draws behind the answer is kept as its agreement, and as probabilities
    where one class is right. Where no draw can be read the first stands, as it is.

    Attributes:
        n: Draws, at least 2.
        temperature: Above 0: greedy draws would be one call, repeated.
        steps: Whether each draw thinks step by step first.
    """

    n: int = 5
    temperature: float = 0.7
    steps: bool = False

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: fewer than two draws, or greedy ones.
        """
        if self.n < 2:
            raise UsageError(f"self-consistency takes at least two draws: n={self.n}")
        if self.temperature <= 0:
            raise UsageError("self-consistency at temperature 0 is one call repeated: set it above 0")
        return partial(self._voted, context)

    def _voted(self, context: Context, case: Case, request: Request) -> Turns:
        asked = stepwise(request, 1024) if self.steps else request
        warm = replace(asked.decoding, temperature=self.temperature)
        drawn = yield [replace(asked, decoding=warm, replicate=place) for place in range(self.n)]
        found = vote(context, case, [response.text for response in drawn])
        return replace(drawn[found.winner or 0], agreement=found.agreement, probs=found.probs)
