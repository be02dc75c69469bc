"""What is asked of an image, as a table.

A topic has a closed set of outcomes and is asked of equally many images of each (see `balance`). A reading
has a number, a box or a report as its answer and is asked of every image that has one. Questions keep to a
small, plain vocabulary and 25 words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from medassay.benchmarks.phantom import chest, dermoscopy, fundus, histology
from medassay.benchmarks.phantom.scene import SIDES, Truth
from medassay.types import Choice, Kind

MODALITIES = {
    "chest": "chest x-ray",
    "fundus": "fundus photograph",
    "dermoscopy": "dermoscopy image",
    "histology": "histology slide",
}
ORGANS = {"chest": "lungs", "fundus": "eye", "dermoscopy": "skin", "histology": "colon"}
DIAGNOSES = {
    "chest": chest.DIAGNOSES,
    "fundus": fundus.DIAGNOSES,
    "dermoscopy": dermoscopy.DIAGNOSES,
    "histology": histology.DIAGNOSES,
}
COUNTS = ("0", "1", "2", "3")
NUMERALS = ("zero", "one", "two", "three")

_TEMPLATES = ("a {}", "an image of a {}", "this is a {}", "medical image: {}")
_LESION = {"chest": "nodules", "fundus": "haemorrhages", "dermoscopy": "lesion", "histology": "tumour cells"}
_ONE = {"chest": "nodule", "fundus": "haemorrhage", "dermoscopy": "lesion", "histology": "tumour cell"}
_SAYINGS: Mapping[str, tuple[str, ...]] = {
    "normal": ("with no abnormality", "that is normal"),
    "nodules": ("with lung nodules", "showing nodules"),
    "effusion": ("with a pleural effusion", "showing an effusion"),
    "enlarged heart": ("with an enlarged heart", "showing a large heart"),
    "glaucoma": ("with glaucoma", "showing a large cup"),
    "retinopathy": ("with retinopathy", "showing haemorrhages"),
    "clear skin": ("of clear skin", "with no lesion"),
    "naevus": ("of a naevus", "showing a benign naevus"),
    "melanoma": ("of a melanoma", "showing a malignant melanoma"),
    "benign": ("of benign tissue", "with no tumour cells"),
    "tumour": ("of a tumour", "showing tumour cells"),
}
_ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "chest x-ray": ("chest x-ray", "x-ray", "chest radiograph", "radiograph"),
    "fundus photograph": ("fundus photograph", "fundus photo", "fundus image", "fundus photography"),
    "dermoscopy image": ("dermoscopy image", "dermoscopy", "dermoscopic image", "dermatoscopy"),
    "histology slide": ("histology slide", "histology", "histopathology slide", "histopathology"),
    "lungs": ("lungs", "lung", "chest"),
    "eye": ("eye", "retina"),
    "normal": ("normal", "no abnormality"),
    "nodules": ("nodules", "nodule", "lung nodules", "lung nodule"),
    "effusion": ("effusion", "pleural effusion"),
    "enlarged heart": ("enlarged heart", "cardiomegaly"),
    "clear skin": ("clear skin", "normal skin"),
    "naevus": ("naevus", "nevus", "mole"),
    "benign": ("benign", "benign tissue", "normal tissue"),
    "tumour": ("tumour", "tumor", "tumour cells", "tumor cells"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A question with a closed set of outcomes.

    `outcome` gives the one that holds for an image, or None where the question has no sense. `accepted` are
    the answers that count for an outcome (itself, where it has no entry); the first is the usual one. One
    in `every` groups is asked, so that the easy questions do not drown the others.
    """

    task: str
    name: str
    kind: Kind
    wordings: tuple[str, ...]
    outcomes: tuple[str, ...]
    outcome: Callable[[Truth], str | None]
    accepted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    every: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question whose answer is a number, boxes or a report; asked where `applies`."""

    task: str
    name: str
    kind: Kind
    wordings: tuple[str, ...]
    applies: Callable[[Truth], bool]
    measurement: str = ""
    unit: str = ""


def _of(specialty: str, outcome: Callable[[Truth], str | None]) -> Callable[[Truth], str | None]:
    return lambda truth: outcome(truth) if truth.specialty == specialty else None


def _ensemble(specialty: str, sayings: tuple[str, ...]) -> tuple[str, ...]:
    """The sentences that describe an image to an encoder: every template with every synonym."""
    return tuple(
        f"{template.format(MODALITIES[specialty])} {saying}" for template in _TEMPLATES for saying in sayings
    )


def _modality_topics() -> list[Topic]:
    names = tuple(MODALITIES.values())
    choices = tuple(Choice(label=n, texts=tuple(t.format(n) for t in _TEMPLATES)) for n in names)

    def modality(truth: Truth) -> str | None:
        return MODALITIES.get(truth.specialty)

    def organ(truth: Truth) -> str | None:
        return ORGANS.get(truth.specialty)

    kinds = ("Which kind of image is this?", "What kind of image is shown?", "Which type of image is this?")
    organs = ("Which organ is shown?", "Which part of the body is this?", "What organ does the image show?")
    topics = [
        Topic(
            task="modality",
            name="modality",
            kind="label",
            wordings=kinds[:1],
            outcomes=names,
            outcome=modality,
            choices=choices,
        ),
        Topic(
            task="vqa",
            name="modality",
            kind="closed",
            wordings=kinds,
            outcomes=names,
            outcome=modality,
            accepted=_ACCEPTED,
            every=3,
        ),
        Topic(
            task="vqa",
            name="organ",
            kind="closed",
            wordings=organs,
            outcomes=tuple(ORGANS.values()),
            outcome=organ,
            accepted=_ACCEPTED,
            every=4,
        ),
    ]
    for specialty, name in MODALITIES.items():
        topics.append(
            _yes_no(
                f"is-{specialty}",
                (f"Is this a {name}?", f"Does the image show a {name}?"),
                _is(specialty),
                every=4,
            )
        )
    return topics


def _is(specialty: str) -> Callable[[Truth], str | None]:
    return lambda truth: _said(truth.specialty == specialty) if truth.specialty in MODALITIES else None


def _said(holds: bool) -> str:
    return "yes" if holds else "no"


def _yes_no(
    name: str, wordings: tuple[str, ...], outcome: Callable[[Truth], str | None], every: int = 1
) -> Topic:
    return Topic(
        task="vqa",
        name=name,
        kind="yes/no",
        wordings=wordings,
        outcomes=("yes", "no"),
        outcome=outcome,
        every=every,
    )


_PRESENCE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("chest", "nodules"): (
        "Are there nodules?",
        "Is there a nodule in the lungs?",
        "Does the image show nodules?",
    ),
    ("chest", "effusion"): ("Is there an effusion?", "Does the image show an effusion?"),
    ("chest", "enlarged heart"): ("Is the heart enlarged?", "Is the heart larger than normal?"),
    ("fundus", "haemorrhages"): (
        "Are there haemorrhages?",
        "Is there a haemorrhage in the eye?",
        "Does the image show haemorrhages?",
    ),
    ("fundus", "glaucoma"): ("Is there glaucoma?", "Is the cup larger than normal?"),
    ("dermoscopy", "lesion"): (
        "Is there a lesion?",
        "Is there a lesion on the skin?",
        "Does the image show a lesion?",
    ),
    ("dermoscopy", "several colours"): (
        "Does the lesion have several colours?",
        "Are there several colours in the lesion?",
    ),
    ("dermoscopy", "irregular border"): (
        "Is the border of the lesion irregular?",
        "Does the lesion have an irregular border?",
    ),
    ("dermoscopy", "asymmetry"): ("Is the lesion asymmetric?", "Does the lesion have an asymmetric shape?"),
    ("histology", "tumour cells"): (
        "Are there tumour cells?",
        "Is there a tumour cell in the image?",
        "Does the image show tumour cells?",
    ),
    ("histology", "strong stain"): ("Is the stain strong?", "Is the slide strongly stained?"),
}


def _presence(specialty: str, finding: str) -> Callable[[Truth], str | None]:
    def outcome(truth: Truth) -> str | None:
        if truth.specialty != specialty or (finding in dermoscopy.SIGNS and not truth.lesions):
            return None  # a sign of a lesion is asked only where there is one
        return _said(finding in truth.findings)

    return outcome


def _finding_topics(specialty: str) -> list[Topic]:
    many, one, diagnoses = _LESION[specialty], _ONE[specialty], DIAGNOSES[specialty]
    diagnosis = _of(specialty, lambda truth: truth.diagnosis)
    labels = tuple(Choice(label=d, texts=_ensemble(specialty, _SAYINGS[d])) for d in diagnoses)
    lesion = (
        Choice(label="lesion", texts=_ensemble(specialty, (f"with {many}", f"showing {many}"))),
        Choice(label="no lesion", texts=_ensemble(specialty, (f"with no {many}", f"without {many}"))),
    )
    present = _of(specialty, lambda truth: "lesion" if truth.lesions else "no lesion")
    topics = [
        Topic(
            task="diagnosis",
            name=specialty,
            kind="label",
            wordings=("What is the diagnosis?",),
            outcomes=diagnoses,
            outcome=diagnosis,
            choices=labels,
        ),
        Topic(
            task="lesion",
            name=specialty,
            kind="label",
            wordings=(f"Does this {MODALITIES[specialty]} show {many}?",),
            outcomes=("lesion", "no lesion"),
            outcome=present,
            choices=lesion,
        ),
        Topic(
            task="vqa",
            name=f"choice-{specialty}",
            kind="choice",
            wordings=(
                f"What does this {MODALITIES[specialty]} show?",
                f"Which option fits this {MODALITIES[specialty]}?",
            ),
            outcomes=diagnoses,
            outcome=diagnosis,
        ),
        Topic(
            task="vqa",
            name=f"open-{specialty}",
            kind="open",
            wordings=(
                f"What is the diagnosis in this {MODALITIES[specialty]}?",
                f"What is seen in this {MODALITIES[specialty]}?",
            ),
            outcomes=diagnoses,
            outcome=diagnosis,
            accepted=_ACCEPTED,
        ),
        Topic(
            task="vqa",
            name=f"side-{one.replace(' ', '-')}",
            kind="closed",
            wordings=(
                f"On which side of the image is the {one}?",
                f"Is the {one} on the left or right of the image?",
            ),
            outcomes=SIDES,
            outcome=_of(specialty, lambda truth: truth.side if truth.lesions else None),
        ),
    ]
    if specialty != "dermoscopy":
        topics.append(
            Topic(
                task="vqa",
                name=f"count-{many.replace(' ', '-')}",
                kind="closed",
                wordings=(f"How many {many} are there?", f"How many {many} does the image show?"),
                outcomes=COUNTS,
                outcome=_of(specialty, lambda truth: str(len(truth.lesions))),
                accepted={count: (count, numeral) for count, numeral in zip(COUNTS, NUMERALS, strict=True)},
            )
        )
    return topics


def _all_topics() -> tuple[Topic, ...]:
    topics = _modality_topics()
    for specialty in MODALITIES:
        topics += _finding_topics(specialty)
    topics.append(
        Topic(
            task="vqa",
            name="side-effusion",
            kind="closed",
            wordings=(
                "On which side of the image is the effusion?",
                "Is the effusion on the left or right of the image?",
            ),
            outcomes=SIDES,
            outcome=lambda truth: truth.side if "effusion" in truth.findings else None,
        )
    )
    topics.append(
        Topic(
            task="detection",
            name="detection",
            kind="label",
            wordings=("Is there a faint spot in the middle of the image?",),
            outcomes=("signal", "no signal"),
            outcome=_of("detection", lambda truth: truth.diagnosis),
            choices=(
                Choice(
                    label="signal",
                    texts=("noise with a faint spot", "a noisy image with a spot in the middle"),
                ),
                Choice(label="no signal", texts=("noise with no spot", "a noisy image without a spot")),
            ),
        )
    )
    for (specialty, finding), wordings in _PRESENCE.items():
        topics.append(_yes_no(finding.replace(" ", "-"), wordings, _presence(specialty, finding)))
    return tuple(topics)


TOPICS: tuple[Topic, ...] = _all_topics()

READINGS: tuple[Reading, ...] = (
    Reading(
        task="measurement",
        name="cardiothoracic-ratio",
        kind="number",
        wordings=("What is the cardiothoracic ratio?",),
        applies=lambda truth: truth.specialty == "chest",
        measurement="cardiothoracic ratio",
    ),
    Reading(
        task="measurement",
        name="cup-to-disc-ratio",
        kind="number",
        wordings=("What is the cup-to-disc ratio?",),
        applies=lambda truth: truth.specialty == "fundus",
        measurement="cup-to-disc ratio",
    ),
    Reading(
        task="measurement",
        name="lesion-diameter",
        kind="number",
        wordings=("What is the lesion diameter in percent of the image width?",),
        applies=lambda truth: "lesion diameter" in truth.measurements,
        measurement="lesion diameter",
        unit="%",
    ),
    *(
        Reading(
            task="localisation",
            name=one.replace(" ", "-"),
            kind="box",
            wordings=(f"Where is the {one}? Give its box in pixels.",),
            applies=lambda truth, specialty=specialty: (
                truth.specialty == specialty and len(truth.lesions) == 1
            ),
        )
        for specialty, one in _ONE.items()
    ),
    Reading(
        task="report",
        name="report",
        kind="report",
        wordings=("Write a short report.",),
        applies=lambda truth: truth.specialty in MODALITIES,
    ),
)
