"""What a protocol is: the published rules under which answers are asked for, read, judged and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from medassay.errors import UsageError
from medassay.metrics.answers import flags as flags_of
from medassay.types import Benchmark, Measure, Prompt, Response, Sample, Score, Scorer, Where

STRICT = "strict"
Bugs = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a protocol makes of one benchmark.

    `scorer` gives every row that it counts the value `accuracy`, or whatever the measures take. `measures`
    stand in their order; the first is the headline and `primary` its metric's name. `prompt` None: the
    published words are not known, or the benchmark's own are theirs. `takes` is the subset that is counted,
    `subset` says it in words ("" for all rows). `note` tells what a reader must know: what was not
    published, what the harness never saw. `splits` are read as one; () leaves the split that is asked for.
    """

    scorer: Scorer
    measures: tuple[Measure, ...]
    primary: str = "accuracy"
    prompt: Prompt | None = None
    takes: Callable[[Sample], bool] | None = None
    subset: str = ""
    note: str = ""
    splits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Published rules. Data, like a card.

    `source` is the repository at a commit, or the paper. `bugs` are known defects of the published scorer by
    name: all off, each can be switched on to reproduce a printed number. `rules` gives what the protocol
    makes of a benchmark with some bugs on, and raises `NotCovered` where it makes nothing of it (says why).
    `reads_its_own`: whether it can only read answers that were asked for in its words (a box).
    """

    name: str
    title: str
    source: str
    definition: str
    rules: Callable[[Benchmark, Bugs], Rules]
    bugs: Mapping[str, str]
    citation: str = ""
    reads_its_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A protocol with the bugs that are switched on."""

    protocol: Protocol
    bugs: Bugs = frozenset()

    @property
    def word(self) -> str:
        """What names it: "medevalkit", "medevalkit+prf_permuted", or "medevalkit+bugs" where all are on."""
        if not self.bugs:
            return self.protocol.name
        if self.bugs == frozenset(self.protocol.bugs):
            return f"{self.protocol.name}+bugs"
        return "+".join((self.protocol.name, *sorted(self.bugs)))

    def rules(self, benchmark: Benchmark) -> Rules:
        """What the protocol makes of a benchmark.

        Raises:
            UsageError: nothing, and why.
        """
        return self.protocol.rules(benchmark, self.bugs)

    def on(self, benchmark: Benchmark, *, asking: bool) -> Benchmark:
        """The benchmark under the protocol: its scorer, measures and subset, and its words where `asking`.

        Raises:
            UsageError: the protocol has no rules for it.
        """
        rules = self.rules(benchmark)
        every = rules.takes is None and not rules.splits
        prompt = rules.prompt if asking and rules.prompt is not None else benchmark.prompt
        return replace(
            benchmark,
            protocol=self.word,
            asked=self.protocol.name if asking else benchmark.asked,
            scorer=rules.scorer,
            measures=rules.measures,
            primary=rules.primary,
            prompt=prompt,
            load=benchmark.load if every else _counted(benchmark.load, rules),
            counts=benchmark.counts if every else {},
        )


def judged(
    response: Response, read: Callable[[str], tuple[str | None, Mapping[str, float]]], *, rule: str
) -> Score:
    """A score by a published rule, which decides on every text: what failed stays failed.

    Args:
        response: what came back; its thinking, where the model's own mark parts it off, is not in its text.
        read: from the text to what was read and what it is worth.
        rule: the id of the rule.
    """
    flags = flags_of(response)
    if response.error is not None:
        return Score(status="failed", rule="error", flags=flags)
    answer, values = read(response.text)
    return Score(status="scored", answer=answer, rule=rule, flags=flags, values=values)


class NotCovered(UsageError):
    """A protocol that makes nothing of a benchmark, and why."""

    def __init__(self, protocol: str, benchmark: str, reason: str) -> None:
        super().__init__(f"the protocol {protocol} has no rules for {benchmark}: {reason}")
        self.reason = reason


def not_covered(protocol: str, benchmark: Benchmark, reason: str) -> NotCovered:
    """The error of a protocol that makes nothing of a benchmark."""
    return NotCovered(protocol, benchmark.name, reason)


def _counted(load: Callable[..., Iterator[Sample]], rules: Rules) -> Any:
    """The loader of what the rules count: their splits, without what they leave out. Its options stay."""

    @wraps(load)
    def counted(where: Where, **options: Any) -> Iterator[Sample]:
        for split in rules.splits or (where.split,):
            yield from filter(rules.takes, load(replace(where, split=split), **options))

    return counted
