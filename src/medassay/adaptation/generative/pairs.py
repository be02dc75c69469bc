"""Answers of which one is preferred: the value, and pairs made from a benchmark's own training part."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

from medassay.adaptation.generative.dialogues import Dialogue, answer_of
from medassay.prompts import styled
from medassay.types import Request, Sample, Style, Target, fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two answers of which the chosen one is preferred; each has a request of its own.

    The requests may differ in their words or images. `cluster` is the patient, else the image, else the
    pair's own id. `weight`, at least 0, is how much the preference counts.
    """

    id: str
    cluster: str
    chosen_request: Request
    chosen: str
    rejected_request: Request
    rejected: str
    weight: float = 1.0

    @property
    def sample(self) -> Sample:
        """The pair as a sample with its chosen answer, for what is asked of samples: what do parts share?

        Its images are those of both sides, as they lie, without noise.
        """
        images = (*self.chosen_request.images, *self.rejected_request.images)
        return Sample(
            id=self.id,
            kind="open",
            question=self.chosen_request.text,
            images=tuple(dict.fromkeys(replace(image, ops=()) for image in images)),
            cluster=self.cluster,
            target=Target(texts=(self.chosen,)),
        )

    def styled(self, style: Style) -> Pair:
        """Both requests as a model's card wants them."""
        return replace(
            self,
            chosen_request=styled(self.chosen_request, style),
            rejected_request=styled(self.rejected_request, style),
        )

    @property
    def preferred(self) -> Dialogue:
        """The chosen side."""
        return Dialogue(id=self.id, cluster=self.cluster, request=self.chosen_request, answer=self.chosen)

    @property
    def refused(self) -> Dialogue:
        """The rejected side."""
        return Dialogue(id=self.id, cluster=self.cluster, request=self.rejected_request, answer=self.rejected)


def pairs_of(
    dialogues: Sequence[Dialogue], samples: Mapping[str, Sample], *, seed: int
) -> tuple[list[Pair], list[str]]:
    """The right answer of each dialogue against a wrong one of its kind, and why the rest gives none.

    Wrong is: of an option's letter another one, of yes and no the other, of a label another label, of a
    number half of it or one and a half times it, of words an answer that is right elsewhere to the same
    question. Reports, boxes and sets of labels have no wrong answer that could be made so.

    Args:
        dialogues: what is asked and what should be said.
        samples: behind the dialogues, by id.
        seed: which of several wrong answers is taken; it does not depend on the other dialogues' order.
    """
    elsewhere = _answers(samples[dialogue.id] for dialogue in dialogues)
    held, lost = [], []
    for dialogue in dialogues:
        wrong = _wrong(samples[dialogue.id], elsewhere)
        if not wrong:
            lost.append(f"{dialogue.id}: no wrong answer of its kind is known")
            continue
        draw = random.Random(fingerprint([seed, dialogue.id]))  # noqa: S311
        held.append(
            Pair(
                id=dialogue.id,
                cluster=dialogue.cluster,
                chosen_request=dialogue.request,
                chosen=dialogue.answer,
                rejected_request=dialogue.request,
                rejected=draw.choice(wrong),
            )
        )
    return held, lost


def _answers(samples: Iterable[Sample]) -> Mapping[str, Sequence[str]]:
    """By question, every first answer that is right for some sample, in alphabetical order."""
    found = defaultdict(set)
    for sample in samples:
        if sample.kind in {"closed", "open"}:
            found[sample.question].add(answer_of(sample))
    return {question: sorted(answers - {""}) for question, answers in found.items()}


def _wrong(sample: Sample, elsewhere: Mapping[str, Sequence[str]]) -> list[str]:
    """All wrong answers of the kind of a sample."""
    known: Sequence[str] = ()
    if sample.kind == "choice":
        known = ascii_uppercase[: len(sample.choices)]
    elif sample.kind == "yes/no":
        known = ("yes", "no")
    elif sample.kind == "number" and sample.target.number:
        known = [f"{share * sample.target.number:.3g}" for share in (0.5, 1.5)]
    elif sample.kind == "label" or (sample.kind == "closed" and sample.choices):
        known = [choice.label for choice in sample.choices]
    elif sample.kind in {"closed", "open"}:
        known = elsewhere[sample.question]
    right = {text.strip().casefold() for text in sample.target.texts}
    return [text for text in known if text.casefold() not in right]
