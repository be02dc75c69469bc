"""CLIP-type encoders as zero-shot classifiers over the choices of a request."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from medassay.errors import ModelError, UsageError
from medassay.models.batching import Failure
from medassay.models.chat import asked_answers
from medassay.models.encoders import ScoreBy, open_encoder
from medassay.types import FloatArray, Image, Request, Response, Style, fingerprint

UNSUPPORTED = Response(finish_reason="unsupported")
"""The answer to what an encoder cannot be asked: a question without choices, or without an image."""


class ContrastiveModel:
    """A CLIP-type checkpoint that ranks `Request.choices` by nearness to the image.

    A choice is the mean of the unit vectors of its texts, brought back to unit length; several images of a
    request likewise. Where a matching head ranks, a choice is the mean of its log-odds instead, over its
    texts and the images. Probabilities are of exclusive choices. CLIP: the softmax of the logits. SigLIP: its
    sigmoid judges each pair by itself; given that exactly one choice is true, the odds p / (1 - p) of the
    choices normalised to 1, which is the softmax of the same logits (the card of MedSigLIP does this). A
    lone choice is no ranking: SigLIP then gives the pair's own probability, sigmoid(logit).

    Args:
        path: A folder as `save_pretrained` or open_clip writes it, or a hub id.
        revision: Branch, tag or commit of a hub id.
        dtype: float32, bfloat16, float16 or auto.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images in one batch; fewer while memory does not suffice.
        template: The sentence for a choice that brings no texts of its own; {} is its label.
        score: What ranks choices where a checkpoint has both (BLIP, BLIP-2): nearness of vectors
            ("contrastive") or the head that sees image and text together ("matching").
        architecture: Of one file of weights without a configuration, the name that open_clip has for it,
            such as ViT-L-14.
        name: How it is called in reports; by default the hub id or the folder's name.

    Raises:
        ModelError: the folder is not a usable checkpoint of this kind.
        MissingExtra: torch, transformers or open_clip is not installed.
        UsageError: a template without {}, or a matching score of what has no matching head.
    """

    wants_pixels = True
    style = Style()

    def __init__(  # noqa: PLR0913  these are the options of a model on the command line
        self,
        path: str,
        *,
        revision: str | None = None,
        dtype: str = "auto",
        device: str = "auto",
        batch: int = 32,
        template: str = "a photo of {}.",
        score: ScoreBy = "contrastive",
        architecture: str = "",
        name: str = "",
    ) -> None:
        if template.count("{}") != 1:
            raise UsageError(f"the template {template!r} should have one {{}}, where the label goes")
        self.encoder = open_encoder(
            path,
            revision=revision,
            dtype=dtype,
            device=device,
            batch=batch,
            score=score,
            architecture=architecture,
        )
        self._template = template
        self.name = name or self.encoder.name

    @property
    def commit(self) -> str | None:
        """The commit of the hub that the weights are of; None for a folder."""
        return getattr(getattr(self.encoder, "checkpoint", None), "commit", None)

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """The encoder's identity and the template."""
        return {"loader": "contrastive", **self.encoder.identity, "template": self._template}

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the identity."""
        return fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Yield (index, response) as images are encoded; every distinct image is encoded once.

        Raises:
            ModelError: the weights cannot be loaded, or they know images only and can rank nothing.
        """
        if not self.encoder.has_texts:
            raise ModelError(
                f"{self.name} sees images only: it gives features for a probe, and answers nothing; use an "
                "encoder of images and texts"
            )
        asking: dict[Image, list[int]] = defaultdict(list)
        for index, request in enumerate(requests):
            if not request.choices or not request.images:
                yield index, UNSUPPORTED
                continue
            for image in dict.fromkeys(request.images):
                asking[image].append(index)
        images = list(asking)
        if images:
            self.encoder.load()
        done: dict[Image, FloatArray | Failure] = {}
        started = time.perf_counter()
        for place, vector in self.encoder.each_image(images):
            done[images[place]] = vector
            ready = [i for i in asking[images[place]] if all(image in done for image in requests[i].images)]
            for index in ready:
                answer = self._answer(requests[index], [done[image] for image in requests[index].images])
                yield index, replace(answer, seconds=time.perf_counter() - started)
                started = time.perf_counter()
                for image in dict.fromkeys(requests[index].images):
                    asking[image].remove(index)
                    if not asking[image]:  # nobody asks for it any more, and it may be megabytes
                        del done[image]

    def _answer(self, request: Request, vectors: Sequence[FloatArray | Failure]) -> Response:
        seen = [vector for vector in vectors if not isinstance(vector, Failure)]
        failed = [vector.error for vector in vectors if isinstance(vector, Failure)]
        if failed:
            return Response(error=failed[0])
        ensembles = [choice.texts or (self._template.format(choice.label),) for choice in request.choices]
        try:
            logits = self.encoder.rank(seen, ensembles)
        except ModelError as error:  # a text that cannot be encoded is the fault of this request alone
            return Response(error=f"ModelError: {error}")
        sigmoid = self.encoder.sigmoid
        probs = tuple(map(float, probabilities(logits, sigmoid=sigmoid, exclusive=request.exclusive)))
        if (
            sigmoid and not request.exclusive
        ):  # each choice for itself: what is said follows from the probabilities
            return Response(probs=probs)
        return Response(text=asked_answers(request)[int(np.argmax(logits))], probs=probs)


def probabilities(logits: FloatArray, *, sigmoid: bool, exclusive: bool = True) -> FloatArray:
    """Probabilities of choices from a model's logits, (choices,); see `ContrastiveModel`.

    A family that was trained by a softmax knows exclusive choices only: where any number may be right its
    softmax still ranks, and is no probability of each.
    """
    if sigmoid and (len(logits) == 1 or not exclusive):
        return np.asarray(1 / (1 + np.exp(-logits.astype(np.float64))))
    weights = np.exp(logits.astype(np.float64) - logits.max())
    return np.asarray(weights / weights.sum())
