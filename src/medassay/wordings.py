"""The same question put in other words: a family of wordings, as data.

They differ in what the prompts of published harnesses differ in: the words that ask for the answer, the form
of the options, the names of the parts, and their order. The first is the one in which this package asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from medassay.errors import UsageError
from medassay.types import Case, Kind, fingerprint

_PLAIN_ORDER = ("{question}", "{options}", "{ask}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a question, its options and the request for an answer become text.

    `parts` are joined by line breaks; one that names something the case lacks is left out. `option` is one
    lettered option, `listed` the options without letters. `ask` requests the answer, by kind; `unsure` does
    so where the words must not tell closed, yes/no and open questions apart.
    """

    id: str
    parts: tuple[str, ...] = _PLAIN_ORDER
    option: str = "{letter}. {label}"
    listed: str = "Options: {labels}."
    ask: Mapping[Kind, str]
    unsure: str

    def text(self, case: Case, options: str, *, tell: bool) -> str:
        """The words around a case; `tell` says whether they may show which kind of answer is right."""
        hidden = not tell and case.kind in _UNSURE
        held = {
            "question": case.question,
            "options": options,
            "ask": self.unsure if hidden else self.ask[case.kind],
        }
        said = (part for part in self.parts if all(held[name] or f"{{{name}}}" not in part for name in held))
        return "\n".join(part.format(**held) for part in said)


_UNSURE = frozenset[Kind]({"closed", "yes/no", "open"})

_OWN: Mapping[Kind, str] = {
    "choice": "Answer with the letter of one option.",
    "multi-choice": "Answer with the letters of all right options.",
    "closed": "Answer in a few words.",
    "yes/no": "Answer yes or no.",
    "open": "Answer in a few words.",
    "label": "Answer with one option.",
    "multilabel": "Answer with all options that apply, separated by commas, or none.",
    "report": "Write the findings of the report in a few sentences.",
    "box": "Answer with one box [x0, y0, x1, y1] in pixels.",
    "number": "Answer with a number.",
}
_OWN_UNSURE = "Answer yes or no if that answers the question, otherwise in a few words."

_CHOOSE: Mapping[Kind, str] = {
    "choice": "Which option is correct? Reply with its letter only.",
    "multi-choice": "Which options are correct? Reply with all of their letters only.",
    "closed": "Reply with a short phrase.",
    "yes/no": "Reply with yes or no only.",
    "open": "Reply with a short phrase.",
    "label": "Which option is correct? Reply with its name only.",
    "multilabel": "Which options apply? Reply with their names, separated by commas, or with none.",
    "report": "Describe the findings in a short report.",
    "box": "Reply with one bounding box [x0, y0, x1, y1] in pixel coordinates.",
    "number": "Reply with one number only.",
}
_CHOOSE_UNSURE = "Reply with yes or no where that fits the question, and with a short phrase where not."

_PLEASE: Mapping[Kind, str] = {
    "choice": "Please look at the image and give the letter of the best option.",
    "multi-choice": "Please look at the image and give the letters of every correct option.",
    "closed": "Please look at the image and answer briefly.",
    "yes/no": "Please look at the image and say yes or no.",
    "open": "Please look at the image and answer briefly.",
    "label": "Please look at the image and give the best option.",
    "multilabel": "Please look at the image and list every option that applies, with commas, or say none.",
    "report": "Please look at the image and report what it shows in a few sentences.",
    "box": "Please look at the image and give one box as [x0, y0, x1, y1] in pixels.",
    "number": "Please look at the image and give a number.",
}
_PLEASE_UNSURE = "Please look at the image; say yes or no if the question asks for it, else answer briefly."

_NAMED = ("Question: {question}", "Options:\n{options}", "{ask}", "Answer:")

WORDINGS = (
    Wording(id="own", ask=_OWN, unsure=_OWN_UNSURE),
    Wording(
        id="choose-named",
        parts=_NAMED,
        option="({letter}) {label}",
        listed="{labels}",
        ask=_CHOOSE,
        unsure=_CHOOSE_UNSURE,
    ),
    Wording(
        id="please-first",
        parts=("{ask}", "{question}", "{options}"),
        option="{letter}) {label}",
        listed="Choices: {labels}",
        ask=_PLEASE,
        unsure=_PLEASE_UNSURE,
    ),
    Wording(
        id="own-first-named",
        parts=("{ask}", "Question: {question}", "Options:\n{options}"),
        option="{letter}) {label}",
        listed="{labels}",
        ask=_OWN,
        unsure=_OWN_UNSURE,
    ),
    Wording(
        id="choose",
        option="{letter}: {label}",
        listed="Choices: {labels}",
        ask=_CHOOSE,
        unsure=_CHOOSE_UNSURE,
    ),
    Wording(
        id="please-named",
        parts=_NAMED,
        listed="{labels}",
        ask=_PLEASE,
        unsure=_PLEASE_UNSURE,
    ),
    Wording(
        id="own-options-first",
        parts=("Options:\n{options}", "{question}", "{ask}"),
        option="({letter}) {label}",
        listed="{labels}",
        ask=_OWN,
        unsure=_OWN_UNSURE,
    ),
    Wording(
        id="choose-first",
        parts=("{ask}", "{question}", "{options}"),
        option="({letter}) {label}",
        listed="Possible answers: {labels}",
        ask=_CHOOSE,
        unsure=_CHOOSE_UNSURE,
    ),
    Wording(
        id="please",
        option="[{letter}] {label}",
        listed="Possible answers: {labels}",
        ask=_PLEASE,
        unsure=_PLEASE_UNSURE,
    ),
    Wording(
        id="own-named",
        parts=_NAMED,
        option="{letter}: {label}",
        listed="{labels}",
        ask=_OWN,
        unsure=_OWN_UNSURE,
    ),
)
"""In the order in which they are taken; any first few of them differ in every respect."""

OWN = WORDINGS[0]


def first(number: int) -> tuple[Wording, ...]:
    """The first wordings.

    Raises:
        UsageError: there are not so many.
    """
    if not 1 <= number <= len(WORDINGS):
        raise UsageError(f"--prompts {number}: there are 1 to {len(WORDINGS)} wordings")
    return WORDINGS[:number]


def words_sha256(wordings: tuple[Wording, ...]) -> str:
    """The hash of all words of a family, in order."""
    return fingerprint([asdict(wording) for wording in wordings])
