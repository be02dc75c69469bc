"""MedXpertQA: reasoning in a first turn, a letter in a second, read behind the words of the question.

The second turn is asked by the solver `two-turns`; without it the rule reads the only answer there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_uppercase

from medassay.protocols.protocol import Bugs, Rules, judged
from medassay.protocols.shared import ask, gold, labels
from medassay.types import Benchmark, Case, Decoding, Measure, Request, Response, Sample, Score

SYSTEM = "You are a helpful medical assistant."
_DECODING = Decoding(max_tokens=2048)
_CUE = " answer is "
_UNWANTED = ("I understand", "A through J", "A through E", "A through D")


def rules(_benchmark: Benchmark, bugs: Bugs) -> Rules:
    """Accuracy over all questions; an answer without a letter is wrong."""
    article = "article_a" in bugs

    def scorer(sample: Sample, response: Response) -> Score:
        def read(text: str) -> tuple[str | None, Mapping[str, float]]:
            found = letter(text, len(sample.choices), article=article)
            return found, {"accuracy": float(found == gold(sample))}

        return judged(response, read, rule="first letter")

    return Rules(
        scorer=scorer,
        measures=(Measure(metric="accuracy", by=("skill", "medical_task", "body_system")),),
        prompt=prompt,
        note="two turns there (--solver two-turns); the article A counts as a letter there (article_a)",
    )


def prompt(case: Case) -> Request:
    """The first turn: the question with its options, the wish to think, then the images."""
    options = " ".join(f"({name}) {text}" for name, text in zip(ascii_uppercase, labels(case), strict=False))
    text = f"Q: {case.question}\nAnswer Choices: {options}\nA: Let's think step by step."
    return ask(case, (text, *case.images), decoding=_DECODING, system=SYSTEM)


def trigger(options: int) -> str:
    """The words of the second turn."""
    return f"Therefore, among A through {ascii_uppercase[options - 1]}, the answer is"


def letter(text: str, options: int, *, article: bool) -> str | None:
    """The first offered letter that stands as a word, in upper case.

    It is looked for behind the words of the second turn, else behind " answer is ", up to where they occur
    again; else in the whole text.

    Args:
        text: the answer to the second turn.
        options: how many are offered.
        article: whether the article A is taken for the letter, as published.
    """
    for cue in (trigger(options), _CUE):
        if cue in text:
            text = text.split(cue)[1].strip()
            break
    for phrase in _UNWANTED:
        text = text.replace(phrase, "")
    names = ascii_uppercase[:options]
    pattern = rf"\b[{names}]\b" if article else rf"\b(?:A(?!\s+[a-z])|[{names[1:]}])\b"
    found = re.search(pattern, text)
    return found[0] if found else None
