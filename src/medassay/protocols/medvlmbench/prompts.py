"""MedVLMBench's words. It leaves decoding to each model's own code, so none is set."""

from __future__ import annotations

from collections.abc import Mapping

from medassay.protocols.shared import ask, labels, letters
from medassay.types import Case, Prompt, Request

CLOSED = "Answer the following question about the image with yes or no. {}"
CAPTION = "Can you provide a medical report for this image?"
LETTER = "Answer with the single letter corresponding to the best choice."
_IN_TEXT: Mapping[str, tuple[str, str]] = {"medxpertqa-mm": ("\nAnswer Choices: ", " ")}
"""What stands before the options, and between them, in datasets whose questions end with their options."""
_LISTED = ("\nOptions:\n", "\n")


def prompt(case: Case) -> Request:
    """The question alone; before a question whose gold is yes or no, that it should be answered so.

    The harness looks at the gold. A prompt cannot: the kind yes/no, which many datasets know by nothing but
    the gold, carries it.
    """
    if case.kind == "report":
        return ask(case, (*case.images, CAPTION))
    text = CLOSED.format(case.question) if case.kind == "yes/no" else case.question
    return ask(case, (*case.images, text))


def lettered(benchmark: str) -> Prompt:
    """As `prompt`; a choice with its options, laid out as for the benchmark, and the wish for one letter."""
    before, between = _IN_TEXT.get(benchmark, _LISTED)

    def worded(case: Case) -> Request:
        if case.kind != "choice":
            return prompt(case)
        named = zip(letters(case), labels(case), strict=True)
        options = between.join(f"({name}) {text}" for name, text in named)
        return ask(case, (*case.images, f"{case.question}{before}{options}\n{LETTER}"))

    return worded
