"""Step by step first, then the answer in a box."""

from __future__ import annotations

from medassay.solvers.messages import instructed, roomy
from medassay.types import Case, Request, Turns

STEPS = (
    "Think step by step before you answer. Then give the final answer, in the form asked for above, within "
    r"\boxed{}."
)


def stepwise(request: Request, tokens: int) -> Request:
    """The request with room for a reasoning, and the words that ask for one."""
    return roomy(instructed(request, STEPS), tokens)


def cot(_case: Case, request: Request, *, tokens: int = 1024) -> Turns:
    r"""Ask once for reasoning step by step with the answer in \boxed{}.

    After Wei et al., NeurIPS 2022 (arXiv 2201.11903), without examples as in Kojima et al., NeurIPS 2022
    (arXiv 2205.11916). The benchmark reads it as any answer: the last box, where there is one.

    Args:
        _case: not looked at.
        request: the question.
        tokens: of the reasoning and the answer together, unless the user or the prompt says how many.
    """
    [response] = yield [stepwise(request, tokens)]
    return response
