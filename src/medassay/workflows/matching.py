"""Joins answers made elsewhere to samples. What is ambiguous is listed, never guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from medassay.importers import Answer, Imported
from medassay.types import Response, Sample
from medassay.workflows.likeness import Known, ends, folded, optioned, questions

MISSING = "missing: the file has no answer to this sample"
_EXAMPLES = 3
Place = int  # of an answer or of a sample, in its own sequence
Claims = dict[Place, list[Place]]  # by sample, the answers that could be its


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Which answer belongs to which sample, by the sample's id, and what could not be matched.

    `ways` counts matches by what they rest on. `ambiguous` are answers that fit several samples, or a sample
    that has another answer; `foreign` fit none; `missing` are ids of samples. `differs` lists the samples at
    which question, options or gold answer of the file are not ours.
    """

    answers: Mapping[str, Answer]
    ways: Mapping[str, int]
    ambiguous: Sequence[Answer]
    foreign: Sequence[Answer]
    missing: Sequence[str]
    differs: Mapping[str, Sequence[str]]
    repeated: int = 0

    def response(self, sample: Sample) -> Response:
        """What was answered to the sample; a failed response where nothing was."""
        answer = self.answers.get(sample.id)
        if answer is None:
            return Response(error=MISSING)
        if answer.number is None or answer.response.text:
            return answer.response
        named = 0 <= answer.number < len(sample.choices)
        text = sample.choices[answer.number].label if named else str(answer.number)
        return replace(answer.response, text=text)

    def summary(self) -> dict[str, Any]:
        """Counts and examples, as the manifest holds them."""
        return {
            "matched": len(self.answers),
            "missing": len(self.missing),
            "foreign": len(self.foreign),
            "ambiguous": len(self.ambiguous),
            "repeated": self.repeated,
            "ways": dict(self.ways),
            "differs": {what: len(ids) for what, ids in self.differs.items()},
            "examples": {
                "missing": list(self.missing[:_EXAMPLES]),
                "foreign": [answer.id for answer in self.foreign[:_EXAMPLES]],
                "ambiguous": [f"{a.id} ({a.where})" for a in self.ambiguous[:_EXAMPLES]],
                **{f"{what} differs": list(ids[:_EXAMPLES]) for what, ids in self.differs.items()},
            },
        }


def match(imported: Imported, samples: Iterable[Sample]) -> Matched:
    """Match by id, by id without our prefix, by image and question, by question and options, by question.

    Each way takes what the ways before it left. All but the first are refused where the file's own question
    or options speak against them, and an id without prefix where its gold answers do. Last, the number of
    the row counts where there are as many answers as samples and every question, or every gold answer,
    agrees.
    """
    known = (
        Known.of if any(map(tells, imported.answers)) else Known.by_id
    )  # ids alone need nothing else of a sample
    work = _Work(imported.answers, [known(sample) for sample in samples])
    work.take("id", _by_id(work))
    if suffixed := _by_suffix(work):
        work.take("id without prefix", suffixed)
    for way, keys in _KEYED.items():
        work.take(way, _by_keys(work, *keys))
    if len(work.held) < len(work.known) and _in_order(work):
        work.restart("row number")
    return work.done()


def tells(answer: Answer) -> bool:
    """Whether the file says anything of the sample beside its id."""
    return bool(answer.question or answer.gold or answer.image or answer.options)


class _Work:
    """The state of one matching: `held` says, by sample, which answer is its."""

    def __init__(self, answers: Sequence[Answer], known: Sequence[Known]) -> None:
        self.answers, self.known = answers, known
        self.held: dict[Place, Place] = {}
        self.used: set[Place] = set()
        self.unsure: set[Place] = set()  # answers that could be several samples'
        self.closed: set[Place] = set()  # samples that answers contend for
        self.repeated = 0
        self.ways: Counter[str] = Counter()

    def left(self) -> Iterator[tuple[Place, Answer]]:
        """The answers that no way has taken."""
        return ((n, answer) for n, answer in enumerate(self.answers) if n not in self.used)

    def take(self, way: str, claims: Claims) -> None:
        """Give each sample its answer, unless several that differ claim it: then it has none."""
        for sample, claimants in claims.items():
            held = [self.held[sample]] if sample in self.held else []
            several = claimants if len(claimants) > 1 else []
            fits = [n for n in several if not self.known[sample].contradicts(self.answers[n])]
            chosen = fits or claimants
            if sample in self.closed or len({_content(self.answers[n]) for n in (*held, *chosen)}) > 1:
                self.unsure.update(chosen)
                self.closed.add(sample)
                continue
            self.used.update(chosen)
            self.repeated += len(chosen) - (not held)
            if not held:
                self.held[sample] = chosen[0]
                self.ways[way] += 1

    def restart(self, way: str) -> None:
        """The nth answer is the nth sample's, whatever was found before."""
        self.held = {n: n for n in range(len(self.known))}
        self.used, self.unsure, self.repeated = set(self.held), set(), 0
        self.ways = Counter({way: len(self.known)})

    def done(self) -> Matched:
        pairs = [(self.known[s], self.answers[a]) for s, a in sorted(self.held.items())]
        unsure = self.unsure - self.used
        checks = {"question": Known.same_question, "options": Known.same_options, "gold": Known.same_gold}
        told = [(known, answer) for known, answer in pairs if tells(answer)]
        return Matched(
            answers={known.id: answer for known, answer in pairs},
            ways={way: n for way, n in self.ways.items() if n},
            ambiguous=[self.answers[n] for n in sorted(unsure)],
            foreign=[answer for n, answer in self.left() if n not in unsure],
            missing=[known.id for n, known in enumerate(self.known) if n not in self.held],
            differs={
                what: ids
                for what, check in checks.items()
                if (ids := [known.id for known, answer in told if check(known, answer) is False])
            },
            repeated=self.repeated,
        )


def _content(answer: Answer) -> tuple[object, ...]:
    return answer.response.text, answer.response.probs, answer.response.error, answer.number


def _by_id(work: _Work) -> Claims:
    places = {known.id: n for n, known in enumerate(work.known)}
    claims: Claims = defaultdict(list)
    for n, answer in work.left():
        if answer.id in places:
            claims[places[answer.id]].append(n)
    return claims


def _by_suffix(work: _Work) -> Claims:
    """By the end of our id ("17" of "vqa-rad-mevf-17"), if it is one sample's, and gold answers agree."""
    wanted = {answer.id for _, answer in work.left()}
    places: dict[str, list[Place]] = defaultdict(list)
    for n, known in enumerate(work.known):
        parts = known.id.split("-")
        for start in range(1, len(parts)):
            if (end := "-".join(parts[start:])) in wanted:
                places[end].append(n)
    claims: Claims = defaultdict(list)
    for n, answer in work.left():
        found = places.get(answer.id, ())
        if len(found) == 1 and not work.known[found[0]].contradicts(answer):
            claims[found[0]].append(n)
    return claims if _gold_agrees(work, claims) else {}


def _gold_agrees(work: _Work, claims: Claims) -> bool:
    """Whether the ids mean our samples: more than half of the way from what chance agrees to all."""
    pairs = [(work.known[s], work.answers[a]) for s, claimants in claims.items() for a in claimants]
    told = [(known, answer, same) for known, answer in pairs if (same := known.same_gold(answer)) is not None]
    if not told:
        return True
    golds = Counter(folded(answer.gold) for _, answer, _ in told)
    chance = sum((n / len(told)) ** 2 for n in golds.values())
    share = sum(same for _, _, same in told) / len(told)
    return share == 1 or share > (1 + chance) / 2


def _in_order(work: _Work) -> bool:
    """Whether there are as many answers as samples, and questions or varied gold answers agree throughout."""
    if not len(work.answers) == len(work.known) > 0:
        return False
    pairs = list(zip(work.known, work.answers, strict=True))
    if any(known.same_options(answer) is False for known, answer in pairs):
        return False
    asked = [known.same_question(answer) for known, answer in pairs]
    if False in asked:
        return False
    gold = [known.same_gold(answer) for known, answer in pairs]
    varied = len({folded(answer.gold) for answer in work.answers}) > 1
    return all(asked) or (varied and all(gold))


Keys = Iterable[tuple[object, ...]]
_KEYED: Mapping[str, tuple[Callable[[Known], Keys], Callable[[Answer], Keys]]] = {
    "image and question": (
        lambda known: [(image, known.question) for image in known.images if known.question],
        lambda answer: [(image, asked) for asked in questions(answer) for image in ends(answer.image)],
    ),
    "question and options": (
        lambda known: [(known.question, known.options)] if known.question and known.options else [],
        lambda answer: [(asked, optioned(answer.options)) for asked in questions(answer)],
    ),
    "question": (
        lambda known: [(known.question,)] if known.question else [],
        lambda answer: [(asked,) for asked in questions(answer)],
    ),
}
"""By the name of the way: what of a sample, and what of an answer, must be equal."""


def _by_keys(work: _Work, of_sample: Callable[[Known], Keys], of_answer: Callable[[Answer], Keys]) -> Claims:
    """By keys that one sample alone has; an answer whose keys are several samples' is ambiguous."""
    places: dict[tuple[object, ...], set[Place]] = defaultdict(set)
    for n, known in enumerate(work.known):
        for key in of_sample(known):
            places[key].add(n)
    claims: Claims = defaultdict(list)
    for n, answer in work.left():
        held = [places[key] for key in of_answer(answer) if key in places]
        alone = {next(iter(found)) for found in held if len(found) == 1}
        fits = {place for place in alone if not work.known[place].contradicts(answer)}
        if len(fits) == 1:
            claims[fits.pop()].append(n)
        elif held and (len(fits) > 1 or not alone):
            work.unsure.add(n)
    return claims
