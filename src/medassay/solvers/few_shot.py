"""A few solved cases first, with their images, as turns of the conversation; then the question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

from medassay.errors import UsageError
from medassay.solvers.context import Context
from medassay.solvers.exemplars import by_class, drawn, exemplars
from medassay.solvers.messages import preceded
from medassay.solvers.nearness import Ranking, by_image, by_words
from medassay.types import Case, Message, Prompt, Request, Solver, Turns

How = Literal["random", "image", "text", "class"]


@dataclass(frozen=True, kw_only=True)
class FewShot:
    """Ask once, after k solved cases of the training part with their images; the nearest comes last.

    In-context learning after Brown et al., NeurIPS 2020 (arXiv 2005.14165); examples by nearness after Liu et
    al., DeeLIO 2022 (arXiv 2101.06804).

    Attributes:
        k: How many cases.
        how: Which: drawn for each case ("random"), the nearest by the vectors of an encoder ("image") or by
            the words of the question ("text"), or drawn with one of each answer in turn ("class").
        encoder: For "image", and only there: any encoder, by its word of the command line.
    """

    k: int = 4
    how: How = "random"
    encoder: str = ""

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: k is below 1, there is no training part, no such encoder, or one that nothing needs.
        """
        if self.k < 1:
            raise UsageError(f"few-shot shows at least one example: k={self.k}")
        if (self.how == "image") != bool(self.encoder):
            raise UsageError("few-shot takes an encoder for how=image, and there alone: encoder=demo-clip")
        return partial(self._shown, self._ranking(context), context.prompt)

    def _ranking(self, context: Context) -> Ranking:
        if self.how == "class":
            return by_class(context)
        examples = context.examples()
        if self.how == "image":
            return by_image(context, examples, self.encoder)
        return by_words(context, examples) if self.how == "text" else drawn(context, examples)

    def _shown(self, order: Ranking, prompt: Prompt, case: Case, request: Request) -> Turns:
        turns = []
        for solved in exemplars(order, self.k, case):
            turns += [message for message in prompt(solved.case).messages if message.role != "system"]
            turns.append(Message(role="assistant", parts=(solved.answer,)))
        [response] = yield [preceded(request, turns)]
        return response
