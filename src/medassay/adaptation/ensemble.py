"""Zero-shot with an ensemble of sentences for each label; nothing is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from medassay.adaptation.examples import Examples
from medassay.adaptation.quality import log_loss, mean_auroc
from medassay.adaptation.recipe import Learned, Material
from medassay.adaptation.texts import prototypes, text_arrays
from medassay.errors import UsageError
from medassay.models.heads import Head
from medassay.types import Choice

OWN = "own"
"""The texts that the benchmark's card gives for its labels."""

TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "plain": ("{}", "a photo of {}.", "an image of {}.", "a picture showing {}."),
    "medical": (
        "a medical image of {}.",
        "a clinical image showing {}.",
        "findings: {}.",
        "the image shows {}.",
        "imaging consistent with {}.",
    ),
    "radiograph": (
        "a radiograph showing {}.",
        "a chest x-ray with {}.",
        "x-ray findings of {}.",
        "a frontal radiograph, impression: {}.",
    ),
    "pathology": (
        "a histopathology slide of {}.",
        "an H&E stained section showing {}.",
        "a microscopic image of {}.",
        "tissue with {}.",
    ),
    "dermoscopy": (
        "a dermoscopic image of {}.",
        "a photo of a skin lesion, {}.",
        "a skin lesion showing {}.",
    ),
    "fundus": ("a fundus photograph of {}.", "a retinal image showing {}.", "an eye with {}."),
}
"""Sentences round a label, by the kind of image that they speak of."""

_MARK = "{}"


def zero_shot_ensemble(material: Material, *, templates: str = "auto") -> Learned:
    """Each label is the mean of the unit vectors of several sentences about it; nothing is trained.

    Args:
        material: its validation part chooses where there is a choice; the training part is not looked at.
        templates: a set of `TEMPLATES`, "own" for the texts of the benchmark's card, a file with one
            sentence a line and {} where the label goes, or "auto": the set with the least validation log
            loss.

    Raises:
        UsageError: the encoder knows no texts, or there is no such set or file.
    """
    asked = [OWN, *TEMPLATES] if templates == "auto" else [templates]
    heads = {name: _head(material, name) for name in asked}
    validation = material.validation
    curve = []
    for place, head in enumerate(heads.values()):
        seen = head.logits(validation.vectors)
        curve.append(
            {
                "set": place,
                "validation_log_loss": log_loss(seen, validation),
                "validation_auroc": mean_auroc(seen, validation),
            }
        )
    best = int(np.argmin([row["validation_log_loss"] for row in curve]))
    chosen = asked[best]
    return Learned(
        head=heads[chosen],
        trained=0,
        settings={"templates": chosen, "sets": asked, **curve[best]},
        curve=curve,
    )


def _head(material: Material, name: str) -> Head:
    examples = material.train if name == OWN else _worded(material.train, _sentences(name))
    return prototypes(material.train, text_arrays(material.encoder.encoder, examples))


def _worded(examples: Examples, sentences: Sequence[str]) -> Examples:
    choices = tuple(
        Choice(label=c.label, texts=tuple(s.replace(_MARK, c.label) for s in sentences))
        for c in examples.choices
    )
    return replace(examples, choices=choices)


def _sentences(name: str) -> Sequence[str]:
    if name in TEMPLATES:
        return TEMPLATES[name]
    path = Path(name).expanduser()
    if not path.is_file():
        raise UsageError(f"templates={name}: one of auto, {OWN}, {', '.join(TEMPLATES)}, or a file")
    lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        if line.count(_MARK) != 1:
            raise UsageError(f"{path}:{number}: {line!r} should have one {_MARK}, where the label goes")
    if not lines:
        raise UsageError(f"{path}: no sentence in it")
    return lines
