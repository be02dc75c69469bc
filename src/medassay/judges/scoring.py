"""From a judge's replies to a score, and a benchmark that is scored so.

The replies stand in the trace of the judged response, so judging is pure: a better reader judges stored
verdicts again without asking anybody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from medassay.judges.reading import PREFERENCE
from medassay.judges.rubric import Rubric, answer_of
from medassay.metrics.verdicts import UNREAD
from medassay.types import Benchmark, Measure, Response, Sample, Score, Scorer

REPLY, FAILED = "judge", "judge failed"
"""The roles of steps that hold a judge's reply, or why there is none."""

FLIPPED, FIRST_PLACE, SECOND_PLACE = "flipped", "first place", "second place"
"""Flags of a pair: the verdicts of the two orders differ; and which place won both times."""


def scorer(rubric: Rubric) -> Scorer:
    """The scorer that reads what a judge replied under a rubric.

    Failed: the answer or the judge failed. Unparsed: the answer is empty or the judge says that it answers
    nothing (both count as wrong), or there is no verdict that can be read (rule "unread": counts nowhere):
    the judge said none, or the answer is probabilities without words.
    """

    def score(sample: Sample, response: Response) -> Score:
        flags = ("truncated",) if response.finish_reason == "length" else ()
        if response.error is not None:
            return Score(status="failed", rule="error", flags=flags)
        if rubric.settled(sample, response):
            return Score(
                status="scored",
                answer="identical",
                rule="identical",
                flags=flags,
                values={rubric.metric: rubric.identical or 0.0},
            )
        if not rubric.pairwise and not answer_of(response):
            ranked = response.probs is not None  # an answer, but none in words
            return Score(status="unparsed", rule=UNREAD if ranked else "empty", flags=flags)
        replies = [step.text for step in response.trace if step.role == REPLY]
        if not replies:
            reasons = [step.text for step in response.trace if step.role == FAILED]
            return Score(
                status="failed", rule="judge", flags=(*flags, f"judge: {(*reasons, 'not asked')[0]}")
            )
        found = _paired(rubric, sample, replies) if rubric.pairwise else _single(rubric, sample, replies)
        return replace(found, flags=(*flags, *found.flags))

    return score


def _single(rubric: Rubric, sample: Sample, replies: list[str]) -> Score:
    verdict = rubric.read(replies[-1], sample)
    if verdict is None:
        return Score(status="unparsed", rule=UNREAD)
    if verdict.answer is None:
        return Score(status="unparsed", rule="none")
    return Score(status="scored", answer=verdict.answer, rule=rubric.word, values=verdict.values)


def _paired(rubric: Rubric, sample: Sample, replies: list[str]) -> Score:
    read = [rubric.read(reply, sample) for reply in replies[-2:]]
    verdicts = [verdict.values[PREFERENCE] for verdict in read if verdict is not None]
    if len(verdicts) < 2:
        return Score(status="unparsed", rule=UNREAD)
    shown, swapped = verdicts
    agreed = shown == 1 - swapped
    value = shown if agreed else 0.5
    places = {1.0: (FIRST_PLACE,), 0.0: (SECOND_PLACE,)}
    same_place = places.get(shown, ()) if shown == swapped else ()
    return Score(
        status="scored",
        answer={1.0: "first", 0.0: "second"}.get(value, "tie"),
        rule=rubric.word,
        flags=() if agreed else (FLIPPED, *same_place),
        values={PREFERENCE: value},
    )


def protocol_word(rubric: Rubric, judge: str, only: Collection[str] = (), against: str = "") -> str:
    """What names the rules of a judged run: rubric, version, hash of its words, judge, and what it was given.

    Two runs compare only where all of it is equal.

    Args:
        rubric: what the judge was asked.
        judge: its fingerprint.
        only: the kinds that it was asked about, empty for all that the rubric takes.
        against: the fingerprint of the other model of a pair.
    """
    words = f"judge:{rubric.word}-{rubric.fingerprint[:8]}"
    parts = [words, judge[:16], "+".join(sorted(only)), against[:16]]
    return ":".join(part for part in parts if part)


def judged(benchmark: Benchmark, rubric: Rubric, word: str) -> Benchmark:
    """The benchmark as it is scored under a rubric; `word` as `protocol_word` gives it."""
    by = tuple(dict.fromkeys(("kind", *(tag for measure in benchmark.measures for tag in measure.by))))
    return replace(
        benchmark,
        protocol=word,
        scorer=scorer(rubric),
        measures=(Measure(metric=rubric.metric, by=by),),
        primary=rubric.metric,
    )
