"""Texts of other patients beside the question: retrieved by nearness, cut by rules, named in the trace."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from medassay.errors import UsageError
from medassay.solvers.context import Context, Solved
from medassay.solvers.exemplars import drawn
from medassay.solvers.messages import introduced
from medassay.solvers.nearness import Ranking, by_image, by_report, by_words
from medassay.solvers.strangers import apart
from medassay.types import Case, Request, Solver, Step, Turns

By = Literal["image", "report", "words", "random"]
RETRIEVER = "retriever"

BESIDE = (
    "For comparison, what is known of {n} other patients. None of it is about the case in question, so it "
    "cannot be the ground of the answer:\n{texts}"
)


@dataclass(frozen=True, kw_only=True)
class Rag:
    """Ask once, with up to k texts of other patients before the question.

    Nothing is retrieved that is the question's own, of its patient, or with its image. The ratio rule is that
    of MMed-RAG (Xia et al., arXiv 2410.13085) on exponentials, so that it holds for negative similarities.

    Attributes:
        k: The most texts.
        by: Whose texts: those of the nearest images ("image"), those nearest to the image themselves, for an
            encoder of images and texts ("report"), those of the nearest words ("words"), or drawn: the
            control ("random").
        encoder: For "image" and "report", and only there: any encoder, by its word of the command line.
        source: A folder of texts, with images of the same names; the training part by default.
        ratio: Above 1: a text is left out unless exp(s1) / exp(s) is below it, s1 being the nearest's
            similarity.
        least: A text of a lower similarity is left out, the nearest too.
    """

    k: int = 3
    by: By = "image"
    encoder: str = ""
    source: Path | None = None
    ratio: float | None = None
    least: float | None = None

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: an option makes no sense, there is no training part, or no such encoder.
            DataError: the folder holds no texts.
        """
        if self.k < 1 or (self.ratio is not None and self.ratio <= 1):
            raise UsageError("rag retrieves at least one text (k=1), and a ratio is above 1")
        if (self.by in {"image", "report"}) != bool(self.encoder):
            raise UsageError(
                "rag takes an encoder for by=image and by=report, and there alone: encoder=demo-clip"
            )
        if self.by == "random" and (self.ratio is not None or self.least is not None):
            raise UsageError("what is drawn has no similarity: leave out ratio and least")
        among = context.texts(self.source) if self.source else context.examples()
        return partial(self._asked, self._ranking(context, [s for s in among if s.answer.strip()]))

    def _ranking(self, context: Context, among: list[Solved]) -> Ranking:
        if self.by == "image":
            return by_image(context, among, self.encoder)
        if self.by == "report":
            return by_report(context, among, self.encoder)
        return by_words(context, among) if self.by == "words" else drawn(context, among)

    def _asked(self, ranking: Ranking, case: Case, request: Request) -> Turns:
        found = list(islice(self._kept(ranking, case), self.k))
        texts = "\n".join(f"{place}. {_told(solved)}" for place, (solved, _) in enumerate(found, 1))
        asked = introduced(request, BESIDE.format(n=len(found), texts=texts)) if found else request
        [response] = yield [asked]
        said = "\n".join(f"{solved.case.id} {similarity:.4f}" for solved, similarity in found)
        return replace(response, trace=(Step(role=RETRIEVER, to="model", request_key="", text=said),))

    def _kept(self, ranking: Ranking, case: Case) -> Iterator[tuple[Solved, float]]:
        """What may be shown and passes the rules, the nearest first, no text twice."""
        told: set[str] = set()
        nearest = None
        for solved, similarity in ranking(case):
            if not apart(solved.case, case) or _told(solved) in told:
                continue
            nearest = similarity if nearest is None else nearest
            if self.ratio is not None and math.exp(nearest - similarity) >= self.ratio:
                return
            if self.least is not None and similarity < self.least:
                return
            told.add(_told(solved))
            yield solved, similarity


def _told(solved: Solved) -> str:
    """A report as it is; of a question the question with its answer."""
    question = solved.case.question.strip()
    return (
        solved.answer.strip()
        if solved.case.kind == "report" or not question
        else f"{question} {solved.answer}"
    )
