"""OmniMedVQA: the question-answering score, the option most similar to the answer.

Its other score, of prefixes, compares the losses of the options; that is what ranking gives, under the
protocol `strict`, not what a text can be scored by.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase

from medassay.protocols.protocol import Bugs, Rules, judged
from medassay.protocols.shared import ask, labels
from medassay.protocols.similar import most_similar
from medassay.types import Benchmark, Case, Measure, Request, Response, Sample, Score

_ONLY = (
    " Only return what you think is the correct answer from the candidate answers, do not return any other "
    "irrelevant text!"
)


def rules(_benchmark: Benchmark, _bugs: Bugs) -> Rules:
    """Accuracy over all questions, and by modality, type and source file."""
    return Rules(
        scorer=_score,
        measures=(Measure(metric="accuracy", by=("modality", "question_type", "source")),),
        prompt=prompt,
        note="the question-answering score; the prefix score needs the losses of the options; the authors "
        "print one source at a time and leave out batches that raised",
    )


def prompt(case: Case) -> Request:
    """The question, the options as a list of Python, without a blank before "Here"."""
    options = labels(case)
    text = f"{case.question}Here are {len(options)} candidate answers:{options}{_ONLY}"
    return ask(case, (*case.images, text))


def _score(sample: Sample, response: Response) -> Score:
    def read(text: str) -> tuple[str | None, Mapping[str, float]]:
        index = most_similar(labels(sample), text)
        found = None if index is None else ascii_uppercase[index]
        return found, {"accuracy": float(found in sample.target.texts)}

    return judged(response, read, rule="most similar")
