"""Whether an answer from elsewhere belongs to a sample, by all that its file tells of the question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import ascii_lowercase

from medassay.importers import Answer
from medassay.types import Sample

_NOISE = re.compile(r"<image[^>]*>|\s+")
_LABEL = re.compile(r"^(?:question|q)\s*:\s*")
_LETTER = re.compile(r"\(?([a-z])(?:[).:]|$)")
_NONE = frozenset[str]()
_LONG = 20  # characters from which a question that is part of ours is taken for it
_WITH_TEXT = frozenset({"choice", "multi-choice", "closed", "yes/no", "open", "label", "multilabel"})


def folded(text: str) -> str:
    """The text without case, image marks, width of letters and spacing: what two files may differ in."""
    held = _NOISE.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return _LABEL.sub("", held.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What of a sample answers are matched by: texts are folded, `images` are ends of names."""

    id: str
    question: str
    golds: frozenset[str]
    images: tuple[str, ...]
    options: tuple[str, ...]

    @classmethod
    def of(cls, sample: Sample) -> Known:
        """What is known of the sample."""
        return cls(
            id=sample.id,
            question=folded(sample.question),
            golds=_golds(sample) if sample.kind in _WITH_TEXT else frozenset(),
            images=tuple(end for image in sample.images for end in ends(image.uri)),
            options=tuple(folded(choice.label) for choice in sample.choices),
        )

    @classmethod
    def by_id(cls, sample: Sample) -> Known:
        """The sample's id alone."""
        return cls(id=sample.id, question="", golds=_NONE, images=(), options=())

    def same_question(self, answer: Answer) -> bool | None:
        """Whether the file's question is this one, or holds it; None where the file has none."""
        given = folded(answer.question)
        if not given or not self.question:
            return None
        return self.question in given or (len(given) >= _LONG and given in self.question)

    def same_options(self, answer: Answer) -> bool | None:
        """Whether the file has these options in this order; None where it tells none."""
        given = tuple(map(folded, answer.options.values()))
        if not given or not self.options or given == tuple(ascii_lowercase[: len(given)]):
            return None
        return given == self.options

    def same_gold(self, answer: Answer) -> bool | None:
        """Whether the file's gold answer is ours, as text, as letter or as number of the option."""
        given = folded(answer.gold)
        if not given or not self.golds:
            return None
        letter = _LETTER.match(given) if self.options else None
        parts = {part.strip() for part in given.split(",")}
        return given in self.golds or parts == self.golds or (letter is not None and letter[1] in self.golds)

    def contradicts(self, answer: Answer) -> bool:
        """Whether question or options say that the answer is another sample's."""
        return self.same_question(answer) is False or self.same_options(answer) is False


def questions(answer: Answer) -> Iterator[str]:
    """The file's question, then each line of it: a prompt holds the question among other words."""
    yield folded(answer.question)
    yield from (folded(line) for line in answer.question.splitlines())


def ends(name: str) -> tuple[str, ...]:
    """The last part of an image's name without its ending, and with the folder above it."""
    parts = [part for part in re.split(r"[/\\=#]", name) if part]
    if not parts:
        return ()
    stem = parts[-1].rpartition(".")[0] or parts[-1]
    return (stem, f"{parts[-2]}/{stem}") if len(parts) > 1 else (stem,)


def optioned(options: Mapping[str, str]) -> tuple[str, ...]:
    """The file's options as those of a sample are kept."""
    return tuple(map(folded, options.values()))


def _golds(sample: Sample) -> frozenset[str]:
    """The accepted answers; of a question with options also letter, text and number of the right ones."""
    texts = [folded(text) for text in sample.target.texts]
    held = set(texts)
    labels = [folded(choice.label) for choice in sample.choices]
    several = sample.kind in {"multi-choice", "multilabel"}
    for place, label in enumerate(labels[:26]):
        letter = ascii_lowercase[place]
        if not several and (label in texts or letter in texts):
            held |= {label, letter, str(place)}
    return frozenset(held)
