"""The questions with a closed set of outcomes, as a table.

They keep to a small, plain vocabulary and 25 words. How images are dealt to them is in `questions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from medassay.benchmarks.phantom import dermoscopy
from medassay.benchmarks.phantom.scene import SIDES, Truth
from medassay.benchmarks.phantom.words import (
    ACCEPTED,
    COUNTS,
    DIAGNOSES,
    LESIONS,
    MODALITIES,
    ORGANS,
    PRESENCE,
    TEMPLATES,
    diagnosis_texts,
    lesion_texts,
)
from medassay.types import Choice, Kind

Outcome = Callable[[Truth], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A question with a closed set of outcomes, asked of equally many images of each.

    `outcome` gives the one that holds for an image, or None where the question has no sense. `accepted` are
    the answers that count for an outcome (itself, where it has no entry). One in `every` groups is asked, so
    that the easy questions do not drown the others. `skill` is what a question of the VQA task asks for.
    """

    task: str
    name: str
    kind: Kind
    wordings: tuple[str, ...]
    outcomes: tuple[str, ...]
    outcome: Outcome
    accepted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    every: int = 1
    skill: str = ""


def _label(task: str, name: str, question: str, choices: tuple[Choice, ...], outcome: Outcome) -> Topic:
    labels = tuple(choice.label for choice in choices)
    return Topic(
        task=task,
        name=name,
        kind="label",
        wordings=(question,),
        outcomes=labels,
        outcome=outcome,
        choices=choices,
    )


def _vqa(
    name: str, kind: Kind, wordings: tuple[str, ...], outcomes: tuple[str, ...], outcome: Outcome
) -> Topic:
    skill = _SKILLS.get(name.partition("-")[0], "presence")
    return Topic(
        task="vqa",
        name=name.replace(" ", "-"),
        kind=kind,
        wordings=wordings,
        outcomes=outcomes,
        outcome=outcome,
        accepted=ACCEPTED,
        every=4 if skill in _EASY else 1,
        skill=skill,
    )


_SKILLS = {"is": "modality"} | {
    word: word for word in ("modality", "organ", "side", "count", "choice", "open")
}
_EASY = frozenset({"modality", "organ"})


def _of(specialty: str, outcome: Outcome) -> Outcome:
    return lambda truth: outcome(truth) if truth.specialty == specialty else None


def _said(holds: bool) -> str:
    return "yes" if holds else "no"


def _modality_topics() -> list[Topic]:
    def modality(truth: Truth) -> str | None:
        return MODALITIES.get(truth.specialty)

    def organ(truth: Truth) -> str | None:
        return ORGANS.get(truth.specialty)

    def is_of(specialty: str) -> Outcome:
        return lambda truth: _said(truth.specialty == specialty) if truth.specialty in MODALITIES else None

    names = tuple(MODALITIES.values())
    choices = tuple(Choice(label=n, texts=tuple(t.format(n) for t in TEMPLATES)) for n in names)
    kinds = ("Which kind of image is this?", "What kind of image is shown?", "Which type of image is this?")
    organs = ("Which organ is shown?", "Which part of the body is this?", "What organ does the image show?")
    return [
        _label("modality", "modality", kinds[0], choices, modality),
        _vqa("modality", "closed", kinds, names, modality),
        _vqa("organ", "closed", organs, tuple(ORGANS.values()), organ),
        *(
            _vqa(
                f"is-{specialty}",
                "yes/no",
                (f"Is this a {name}?", f"Does the image show a {name}?"),
                ("yes", "no"),
                is_of(specialty),
            )
            for specialty, name in MODALITIES.items()
        ),
    ]


def _diagnosis_topics(specialty: str) -> list[Topic]:
    name, diagnoses = MODALITIES[specialty], DIAGNOSES[specialty]
    diagnosis = _of(specialty, lambda truth: truth.diagnosis)
    labels = tuple(Choice(label=d, texts=diagnosis_texts(specialty, d)) for d in diagnoses)
    return [
        _label("diagnosis", specialty, "What is the diagnosis?", labels, diagnosis),
        _vqa(
            f"choice-{specialty}",
            "choice",
            (f"What does this {name} show?", f"Which option fits this {name}?"),
            diagnoses,
            diagnosis,
        ),
        _vqa(
            f"open-{specialty}",
            "open",
            (f"What is the diagnosis in this {name}?", f"What is seen in this {name}?"),
            diagnoses,
            diagnosis,
        ),
    ]


def _side_topic(specialty: str, shown: str, outcome: Outcome) -> Topic:
    wordings = (
        f"Which side of the image shows {shown}?",
        f"Is it the left or the right side that shows {shown}?",
    )
    name = shown.removeprefix("an ").removeprefix("a ")
    return _vqa(f"side-{name}", "closed", wordings, SIDES, _of(specialty, outcome))


def _lesion_topics(specialty: str) -> list[Topic]:
    shown = LESIONS[specialty]
    present = _of(specialty, lambda truth: "lesion" if truth.lesions else "no lesion")
    choices = (
        Choice(label="lesion", texts=lesion_texts(specialty, True)),
        Choice(label="no lesion", texts=lesion_texts(specialty, False)),
    )
    topics = [
        _label("lesion", specialty, f"Does this {MODALITIES[specialty]} show {shown}?", choices, present),
        _side_topic(specialty, shown, lambda truth: truth.side if truth.lesions else None),
    ]
    if specialty != "dermoscopy":
        wordings = (f"How many {shown} are there?", f"How many {shown} does the image show?")
        count = _of(specialty, lambda truth: str(len(truth.lesions)))
        topics.append(_vqa(f"count-{shown}", "closed", wordings, COUNTS, count))
    return topics


def _presence(specialty: str, finding: str) -> Outcome:
    def outcome(truth: Truth) -> str | None:
        if truth.specialty != specialty or (finding in dermoscopy.SIGNS and not truth.lesions):
            return None  # a sign of a lesion is asked only where there is one
        return _said(finding in truth.findings)

    return outcome


def _effusion_topic() -> Topic:
    return _side_topic(
        "chest", "an effusion", lambda truth: truth.side if "effusion" in truth.findings else None
    )


def _detection_topic() -> Topic:
    choices = (
        Choice(label="signal", texts=("noise with a faint spot", "a noisy image with a spot in the middle")),
        Choice(label="no signal", texts=("noise with no spot", "a noisy image without a spot")),
    )
    question = "Is there a faint spot in the middle of the image?"
    return _label(
        "detection", "detection", question, choices, _of("detection", lambda truth: truth.diagnosis)
    )


TOPICS: tuple[Topic, ...] = (
    *_modality_topics(),
    *(topic for specialty in MODALITIES for topic in _diagnosis_topics(specialty)),
    *(topic for specialty in MODALITIES for topic in _lesion_topics(specialty)),
    _effusion_topic(),
    *(
        _vqa(finding, "yes/no", wordings, ("yes", "no"), _presence(specialty, finding))
        for (specialty, finding), wordings in PRESENCE.items()
    ),
    _detection_topic(),
)
