"""The report of an image by template: what it is, what is seen, the diagnosis."""

from __future__ import annotations

from medassay.benchmarks.phantom.scene import Truth
from medassay.benchmarks.phantom.topics import MODALITIES, NUMERALS


def report(truth: Truth) -> str:
    """Two or three short sentences."""
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
