"""What an encoder makes of the texts of labels: where recipes on images and texts begin."""

from __future__ import annotations

import numpy as np

from medassay.adaptation.examples import Examples
from medassay.errors import UsageError
from medassay.models.encoder import VectorEncoder, unit
from medassay.models.heads import Arrays, Head
from medassay.types import FloatArray

TEMPLATE = "a photo of {}."


def text_arrays(encoder: VectorEncoder, examples: Examples) -> dict[str, FloatArray]:
    """The arrays of a head of prototypes: a unit vector per label, the encoder's scale and bias.

    A label is the mean of the unit vectors of its texts, as in zero-shot classification with an ensemble.

    Raises:
        UsageError: the encoder knows no texts.
    """
    if not encoder.has_texts:
        raise UsageError(f"{encoder.name} sees images only: this recipe starts from texts; take linear-probe")
    if not encoder.one_vector:
        raise UsageError(
            f"{encoder.name} ranks by the nearest of several vectors of an image: take linear-probe or "
            "img-lora-lp"
        )
    ensembles = [choice.texts or (TEMPLATE.format(choice.label),) for choice in examples.choices]
    vectors = [unit(encoder.features(list(texts)).mean(axis=0)) for texts in ensembles]
    scale, bias = encoder.scale_and_bias
    return {
        "texts": np.stack(vectors).astype(np.float32),
        "logit_scale": np.asarray(scale, np.float32),
        "bias": np.asarray(bias, np.float32),
    }


def zero_shot(encoder: VectorEncoder, examples: Examples) -> Head:
    """The head that ranks as the encoder does without training."""
    return prototypes(examples, text_arrays(encoder, examples))


def prototypes(examples: Examples, arrays: Arrays) -> Head:
    """A head on unit vectors of labels."""
    return Head(form="prototypes", labels=examples.labels, exclusive=examples.exclusive, arrays=arrays)
