"""The questions whose answer is a number, a box or a report; asked of every image that has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from medassay.benchmarks.phantom.scene import Truth
from medassay.benchmarks.phantom.words import LESION, MODALITIES, NUMERALS
from medassay.types import Kind, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question and the way its target follows from the truth (and the size in pixels); None: not asked."""

    task: str
    name: str
    kind: Kind
    question: str
    target: Callable[[Truth, int], Target | None]


def report(truth: Truth) -> str:
    """Two or three short sentences: what it is, what is seen, the diagnosis."""
    sentences = [f"This is a {MODALITIES[truth.specialty]}."]
    if truth.specialty == "dermoscopy" and truth.lesions:
        signs = sorted(truth.findings - {"lesion"})
        sentences.append(
            f"There is a lesion on the {truth.side} with {' and '.join(signs) or 'an even shape'}."
        )
    elif truth.lesions:
        count, label = len(truth.lesions), truth.lesions[0].label
        verb, noun = ("is", label) if count == 1 else ("are", f"{label}s")
        sentences.append(f"There {verb} {NUMERALS[count]} {noun} on the {truth.side}.")
    elif truth.side is not None:
        sentences.append(f"There is an effusion on the {truth.side}.")
    elif truth.diagnosis == "glaucoma":
        sentences.append("The cup is large.")
    elif truth.diagnosis == "enlarged heart":
        sentences.append("The heart is large.")
    sentences.append(f"Diagnosis: {truth.diagnosis}.")
    return " ".join(sentences)


def _measurement(name: str, question: str, unit: str = "") -> Reading:
    def target(truth: Truth, _size: int) -> Target | None:
        number = truth.measurements.get(name)
        return None if number is None else Target(number=round(number, 4), unit=unit)

    return Reading(
        task="measurement", name=name.replace(" ", "-"), kind="number", question=question, target=target
    )


def _box(specialty: str, name: str) -> Reading:
    def target(truth: Truth, size: int) -> Target | None:
        if truth.specialty != specialty or len(truth.lesions) != 1:
            return None
        return Target(boxes=(truth.lesions[0].box(size),))

    question = f"Where is the {name}? Give its box in pixels."
    return Reading(
        task="localisation", name=name.replace(" ", "-"), kind="box", question=question, target=target
    )


READINGS: tuple[Reading, ...] = (
    _measurement("cardiothoracic ratio", "What is the cardiothoracic ratio?"),
    _measurement("cup-to-disc ratio", "What is the cup-to-disc ratio?"),
    _measurement("lesion diameter", "What is the lesion diameter in percent of the image width?", "%"),
    *(_box(specialty, name) for specialty, name in LESION.items()),
    Reading(
        task="report",
        name="report",
        kind="report",
        question="Write a short report.",
        target=lambda truth, _size: Target(texts=(report(truth),)) if truth.specialty in MODALITIES else None,
    ),
)
