"""PMC-VQA: the option most similar to what was generated, against the option most similar to the key."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase

from medassay.protocols.protocol import Bugs, Rules, judged
from medassay.protocols.shared import ask, labels
from medassay.protocols.similar import most_similar
from medassay.types import Benchmark, Case, Measure, Request, Response, Sample, Score


def rules(_benchmark: Benchmark, bugs: Bugs) -> Rules:
    """Accuracy over all questions."""
    last, none_equals_none = "last_character" in bugs, "none_equals_none" in bugs

    def scorer(sample: Sample, response: Response) -> Score:
        def read(text: str) -> tuple[str | None, Mapping[str, float]]:
            options = shown(sample)
            found = most_similar(options, text[-1:] if last else text)
            right = {options[ascii_uppercase.index(name)] for name in sample.target.texts}
            keys = {most_similar(options, key) for key in right}
            hit = found in keys and (found is not None or none_equals_none)
            return None if found is None else ascii_uppercase[found], {"accuracy": float(hit)}

        return judged(response, read, rule="most similar")

    return Rules(
        scorer=scorer,
        measures=(Measure(metric="accuracy"),),
        prompt=prompt,
        note="their script decodes one token a position and compares the last character (last_character): "
        "a letter inside a text of several is no letter there",
    )


def shown(case: Case) -> list[str]:
    """The options as the file holds them, each with its letter."""
    return [f" {name}:{text}" for name, text in zip(ascii_uppercase, labels(case), strict=False)]


def prompt(case: Case) -> Request:
    """The image, then the words of the decoder model, options run together."""
    text = f"Question: {case.question}Choices:{''.join(shown(case))}The Answer is:"
    return ask(case, (*case.images, text))
