"""What a judge is asked: a rubric is data, and turns an answer beside its question into a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from string import ascii_uppercase

from medassay.judges.reading import Reader
from medassay.text.passage import Passage, without_thinking
from medassay.types import (
    Case,
    Choice,
    Decoding,
    Kind,
    Message,
    Request,
    Response,
    Sample,
    Step,
    Target,
    Turns,
    fingerprint,
)

WORDED: frozenset[Kind] = frozenset(
    {"choice", "multi-choice", "yes/no", "closed", "open", "label", "multilabel", "number", "report"}
)
"""The kinds whose right answer can be put into words; a box cannot."""

SECOND = "second"
"""The role of the step that holds the other answer of a pair."""

_LETTERED = frozenset[Kind]({"choice", "multi-choice"})
_FIELD = re.compile(r"\{(\w+)\}")
_FENCE = re.compile(r"\[(?=\[)|\](?=\])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """The words in which a judge is asked, and how its reply is read. Data, like a card.

    `template` names the fields {question} (with its options), {gold} (the accepted answers) and
    {answer}; of a pair {first} and {second}. What fills a field is never searched for fields, and cannot
    close the double brackets that own rubrics put round it. `read` gives the values of a reply; `metric` is
    the one that stands at the head. `scale` and `right` say in words what the values mean. Other words need
    another `version`: it is part of the protocol. `unverified` is what nobody has confirmed about a
    published rubric.
    """

    name: str
    version: int
    title: str
    source: str
    template: str
    read: Reader
    metric: str
    scale: str
    right: str
    system: str = ""
    kinds: frozenset[Kind] = WORDED
    decoding: Decoding = field(default_factory=Decoding)
    decides: bool = True  # whether a verdict says right or wrong, which labels can correct
    pairwise: bool = False
    identical: float | None = None  # the score of an answer equal to the accepted one, given without asking
    note: str = ""
    unverified: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """Name and version, as the protocol holds them."""
        return f"{self.name}.{self.version}"

    @property
    def fingerprint(self) -> str:
        """The hash of all that a judge is asked by it: 64 hex digits."""
        decoding = asdict(self.decoding)
        return fingerprint([self.name, self.version, self.system, self.template, decoding, self.pairwise])

    def sample(self, sample: Sample, response: Response) -> Sample:
        """What the judge is asked about as a sample of its own; its tags are the fields of the template.

        The sample's id is for messages only: equal questions with equal answers make equal requests.
        """
        return Sample(
            id=sample.id,
            kind="open",
            question=sample.question,
            cluster=sample.cluster,
            tags=fields_of(sample, response) if self.asks(sample, response) else {},
            target=Target(),
        )

    def asks(self, sample: Sample, response: Response) -> bool:
        """Whether the judge is needed: not for what failed, is empty, or is right as it stands."""
        if response.error is not None:
            return False
        if self.pairwise:
            return True
        return bool(answer_of(response)) and not self.settled(sample, response)

    def settled(self, sample: Sample, response: Response) -> bool:
        """Whether the answer is an accepted one letter for letter, in a rubric that does not ask about it."""
        return self.identical is not None and answer_of(response) in sample.target.texts

    def prompt(self, case: Case) -> Request:
        """The request about one answer."""
        return self._request(case.tags)

    def solver(self, case: Case, request: Request) -> Turns:
        """Ask once; about a pair in both orders, so that its place cannot decide. Nothing if not needed."""
        if not case.tags:
            return Response()
        requests = [request]
        if self.pairwise:
            swapped = {"first": case.tags["second"], "second": case.tags["first"]}
            requests.append(self._request({**case.tags, **swapped}))
        responses = yield requests
        return responses[0]

    def _request(self, fields: Mapping[str, str]) -> Request:
        words = _filled(self.template, fields)
        system = Message(role="system", parts=(self.system,))
        user = Message(role="user", parts=(words,))
        messages = (system, user) if self.system else (user,)
        return Request(messages=messages, decoding=self.decoding)


def fields_of(sample: Sample, response: Response) -> dict[str, str]:
    """The fields of a template, from one answered sample."""
    options = [f"{letter}. {choice.label}" for letter, choice in _options(sample)]
    other = next((step.text for step in response.trace if step.role == SECOND), "")
    answer = answer_of(response)
    return {
        "question": "\n".join([sample.question, *options]),
        "gold": gold_words(sample),
        "answer": answer,
        "first": answer or "(no answer)",
        "second": other or "(no answer)",
    }


def answer_of(response: Response) -> str:
    """What the model answered, without the thinking that stands before it."""
    return without_thinking(Passage(response.text)).text.strip()


def gold_words(sample: Sample) -> str:
    """The accepted answers in words: letters with their options, sets joined, numbers with their unit."""
    target = sample.target
    if target.number is not None:
        return f"{target.number:g} {target.unit}".strip()
    labels = {letter: choice.label for letter, choice in _options(sample)}
    words = [f"{text}. {labels[text]}" if text in labels else text for text in target.texts]
    if sample.kind in {"multi-choice", "multilabel"}:
        return "; ".join(words) or "none of them"
    return " (or) ".join(words)


def second(response: Response, other: Response) -> Response:
    """The response with another model's answer to the same question beside it."""
    step = Step(role=SECOND, request_key="", text=answer_of(other))
    return replace(response, error=response.error or other.error, trace=(*response.trace, step))


def _options(sample: Sample) -> list[tuple[str, Choice]]:
    """The options with their letters; none where an answer is no letter."""
    return list(zip(ascii_uppercase, sample.choices, strict=False)) if sample.kind in _LETTERED else []


def _filled(template: str, fields: Mapping[str, str]) -> str:
    """The template with its fields filled in one pass; double brackets in a field are taken apart."""

    def fill(match: re.Match[str]) -> str:
        return _FENCE.sub(lambda bracket: f"{bracket[0]} ", fields[match[1]])

    return _FIELD.sub(lambda match: fill(match) if match[1] in fields else match[0], template)
