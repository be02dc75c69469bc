"""Judging by a model: stored answers in, the same answers with a judge's verdict out.

What a judge is asked is a sample like any other, so the loop batches its requests, keeps its replies in
the store and goes on where it was killed. Equal questions with equal answers are one request, whichever
run they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import tee

from medassay.engine.asker import dressed
from medassay.engine.loop import evaluate
from medassay.engine.progress import Progress
from medassay.judges.rubric import Rubric
from medassay.judges.scoring import FAILED, REPLY, scorer
from medassay.store import Store
from medassay.types import Model, Response, Row, Sample, Score, Step


def judge(
    rows: Iterable[Row],
    model: Model,
    store: Store,
    *,
    rubric: Rubric,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[Row]:
    """Ask `model` about every answer and score what it replies; yields the rows in their order.

    A row keeps its answer; the judge's replies are added to the answer's trace (role "judge"), and its score
    is the judge's. A judge that fails leaves a failed score, and is asked again the next time. An answer that
    failed or is empty is judged without asking.

    Args:
        rows: answered samples; of a pair, with the other answer beside it (`rubric.second`).
        model: the judge.
        store: where its replies are kept, under its own fingerprint.
        rubric: what it is asked.
        seed: for a judge that draws.
        progress: is called with the state every so often.

    Raises:
        StoreError: replies cannot be kept.
    """
    ours, theirs = tee(rows)  # holds no more than the loop does: two windows
    asked = (rubric.sample(row.sample, row.response) for row in theirs)
    replies = evaluate(
        asked,
        model,
        store,
        prompt=rubric.prompt,
        solver=rubric.solver,
        scorer=_answered,
        seed=seed,
        progress=progress,
    )
    score = scorer(rubric)
    for row, reply in zip(ours, replies, strict=True):
        response = row.response
        if reply.sample.tags:
            steps = _steps(reply, model, rubric, seed)
            response = replace(response, trace=(*response.trace, *steps))
        yield Row(sample=row.sample, response=response, score=score(row.sample, response))


def _answered(_sample: Sample, response: Response) -> Score:
    """Whether the judge replied: what it said is read beside the answer that it judged."""
    return Score(status="failed" if response.error is not None else "scored")


def _steps(reply: Row, model: Model, rubric: Rubric, seed: int) -> tuple[Step, ...]:
    """What the judge was asked and said."""
    said = reply.response
    if said.error is not None:
        return (Step(role=FAILED, request_key="", text=said.error, usage=said.usage),)
    if said.trace:
        return tuple(replace(step, role=REPLY, round=0) for step in said.trace)
    key = dressed(rubric.prompt(reply.sample.case), model.style, seed=seed).key
    return (Step(role=REPLY, request_key=key, text=said.text, usage=said.usage, seconds=said.seconds),)
