"""The paragraph that one would put into a paper: what was compared, how, and what came out; no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from medassay.reporting import words
from medassay.reporting.compared import Compared

_MAX_T = "max-T"


def paragraph(comparisons: Sequence[Compared], cautions: Sequence[str] = ()) -> str:
    """Items, clusters, method, adjustment and every verdict with its numbers.

    What was found inconclusive is named with the interval that it leaves open; nothing is called equal
    without a margin. Units are those of the metric.

    Args:
        comparisons: of one family, at least one.
        cautions: in what the protocols of pairs differ.
    """
    return " ".join(
        [
            _compared(comparisons),
            *(f"By their protocols {one}." for one in cautions),
            _method(comparisons),
            *_margin(comparisons),
            *_failed(comparisons),
            *(_claim(c) for c in comparisons if c.result.verdict in {"A better", "B better"}),
            *(_equivalent(c) for c in comparisons if c.result.verdict == "equivalent"),
            *_open(c for c in comparisons if c.result.verdict == "inconclusive"),
            *_unfinished(c for c in comparisons if c.result.verdict == "incomplete"),
        ]
    )


def _compared(comparisons: Sequence[Compared]) -> str:
    pairs = list(dict.fromkeys((c.first, c.second) for c in comparisons))
    widest = {
        c.benchmark: max((o.result for o in comparisons if o.benchmark == c.benchmark), key=lambda r: r.n)
        for c in comparisons
    }
    on = _listed(
        f"{name + ' ' if name else ''}({words.count(r.n)} rows in {words.count(r.n_clusters)} clusters,"
        f" {words.metric_name(r.metric)})"
        for name, r in widest.items()
    )
    who = _listed(f"{first} with {second}" for first, second in pairs)
    return (
        f"We compared {who} on the same rows of {on}; answers that could not be read, and refusals, "
        "count as wrong."
    )


def _method(comparisons: Sequence[Compared]) -> str:
    result = comparisons[0].result
    if result.family == 1:
        return (
            f"The 95 % interval of the difference is over clusters ({result.method}), the test {result.test}."
        )
    own = sum(_MAX_T not in c.result.method for c in comparisons)
    exact = f"; {own} whose rows all differ alike keep an exact interval, Bonferroni-adjusted" if own else ""
    return (
        f"Intervals (95 %), p-values and verdicts of the {result.family} comparisons come from one "
        "simultaneous procedure, the largest standardised difference over the family in each resample of "
        "whole clusters (max-T), referred to Student's t with one degree of freedom less than there are "
        f"clusters{exact}."
    )


def _margin(comparisons: Sequence[Compared]) -> Iterable[str]:
    margin = comparisons[0].result.margin
    if margin is None:
        return ["No margin of equivalence was stated, so none is called equivalent."]
    stated = f"A difference within {words.number(margin)} was stated beforehand not to matter"
    return [f"{stated} (two one-sided tests at 5 %)."]


def _failed(comparisons: Sequence[Compared]) -> Iterable[str]:
    """That some verdicts rest on bounds; those without a verdict are named apart."""
    held = [c.result.failed for c in comparisons if c.result.failed and c.result.verdict != "incomplete"]
    if not held:
        return []
    many = f"In {len(held)} comparisons up to {max(held)} rows had failed on a side"
    return [f"{many}: intervals and verdicts hold whatever these would have been, values leave them out."]


def _claim(c: Compared) -> str:
    better, worse = (c.first, c.second) if c.result.verdict == "A better" else (c.second, c.first)
    return f"{better} was better than {worse}{_where(c)} ({_numbers(c)})."


def _equivalent(c: Compared) -> str:
    return f"{c.first} and {c.second} were equivalent{_where(c)} ({_numbers(c)})."


def _open(comparisons: Iterable[Compared]) -> Iterable[str]:
    held = [f"{c.first} and {c.second}{_where(c)} ({_numbers(c)})" for c in comparisons]
    return (
        (f"No difference was shown, which does not show equality, between {'; '.join(held)}.",)
        if held
        else ()
    )


def _unfinished(comparisons: Iterable[Compared]) -> Iterable[str]:
    held = [f"{c.first} and {c.second}{_where(c)} ({c.result.failed:,} rows failed)" for c in comparisons]
    return (f"There is no verdict yet between {'; '.join(held)}.",) if held else ()


def _where(c: Compared) -> str:
    inside = "" if c.result.slice == "all" else f" at {c.result.slice}"
    return f" on {c.benchmark}{inside}" if c.benchmark else inside


def _numbers(c: Compared) -> str:
    r = c.result
    return (
        f"{words.number(r.a)} and {words.number(r.b)}, difference {words.number(r.difference, sign=True)} "
        f"{words.interval(r.low, r.high, sign=True)}, p {words.p_value(r.p)}, {words.count(r.n)} rows, "
        f"{words.count(r.n_clusters)} clusters"
    )


def _listed(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
