"""What `medassay adapt` leaves of an encoder: a folder with a head, which answers like any model.

adapted.json   the recipe, the encoder it stands on, the labels
head.npz       see `medassay.models.heads`
adapter/       changed weights of the image encoder, where the recipe changes any (peft)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from medassay.errors import ModelError
from medassay.models.about import read_about
from medassay.models.batching import Failure
from medassay.models.chat import asked_answers
from medassay.models.conditional import logits_of
from medassay.models.contrastive import UNSUPPORTED
from medassay.models.encoded import Encoded
from medassay.models.encoder import VectorEncoder
from medassay.models.encoders import open_encoder
from medassay.models.heads import Head, load_head, probabilities
from medassay.types import FloatArray, Image, Request, Response, Style, fingerprint

ADAPTER = "adapter"
Logits = Callable[[FloatArray], FloatArray]
"""Vectors (n, d), not normalised, to logits (n, labels)."""


class AdaptedModel:
    """An encoder with a trained head.

    Args:
        path: The folder that `medassay adapt` wrote.
        device: auto (CUDA, MPS, CPU) or a device.
        batch: The most images in one batch.
        features: Where vectors of images are kept; `$MEDASSAY_FEATURES`, else `.medassay/features`.
        name: How it is called in reports; by default the folder's name.

    Raises:
        ModelError: the folder is damaged, or its encoder is not the one that the head was trained on.
    """

    wants_pixels = False  # most vectors are known: what is not is opened here
    style = Style()

    def __init__(
        self, path: str, *, device: str = "auto", batch: int = 32, features: str | None = None, name: str = ""
    ) -> None:
        self.about = read_about(Path(path))
        self.head: Head = load_head(Path(path))
        self._encoded = Encoded(_encoder(Path(path), self.about, device=device, batch=batch), features)
        self.name = name or Path(path).resolve().name

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """The encoder's identity, the recipe and the head."""
        return {
            "loader": "adapted",
            "encoder": dict(self._encoded.encoder.identity),
            "recipe": self.about["recipe"],
            "head": self.head.digest,
        }

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the identity."""
        return fingerprint(self.identity)

    def answer(self, requests: Sequence[Request], /) -> Iterator[tuple[int, Response]]:
        """Yield (index, response): the probabilities of the choices, and the likeliest where one is right.

        A request without images or with a choice that the head does not know is unsupported. Several images
        of a request: the mean of their vectors.
        """
        started = time.perf_counter()
        known = set(self.head.labels)
        able = []
        for index, request in enumerate(requests):
            fits = request.images and request.choices and known >= {c.label for c in request.choices}
            if fits:
                able.append(index)
            else:
                yield index, UNSUPPORTED
        images = list(dict.fromkeys(image for index in able for image in requests[index].images))
        seen: dict[Image, FloatArray | Failure] = {
            images[i]: vector for i, vector in self._encoded.each(images)
        }
        took = (time.perf_counter() - started) / max(1, len(able))
        for index in able:
            vectors = [seen[image] for image in requests[index].images]
            response = respond(self.head, self._logits, requests[index], vectors)
            yield index, replace(response, seconds=took)

    @cached_property
    def _logits(self) -> Logits:
        return logits_of(self.head, self._encoded.encoder)


def _encoder(folder: Path, about: Mapping[str, Any], **how: Any) -> VectorEncoder:
    """The encoder that the head stands on: as it was found, or with the folder's adapter merged into it."""
    base = about["encoder"]
    encoder = open_encoder(base["source"], revision=base["revision"], dtype=base["dtype"], **how)
    if fingerprint(encoder.identity) != base["fingerprint"]:
        raise ModelError(
            f"{folder} was trained on another encoder than what now lies at {base['source']}: what it "
            "learned would mean nothing there; adapt again"
        )
    if not about["adapter"]:
        return encoder
    return open_encoder(str(folder / ADAPTER), dtype=base["dtype"], **how)


def respond(
    head: Head, logits_of_head: Logits, request: Request, vectors: Sequence[FloatArray | Failure]
) -> Response:
    """What a head says to a request, given the vectors of its images; several count as their mean."""
    seen = [vector for vector in vectors if not isinstance(vector, Failure)]
    if failed := [vector.error for vector in vectors if isinstance(vector, Failure)]:
        return Response(error=failed[0])
    places = [head.labels.index(choice.label) for choice in request.choices]
    logits = logits_of_head(np.mean(seen, axis=0)[None])[:, places]
    probs = tuple(map(float, probabilities(logits, exclusive=request.exclusive)[0]))
    if not request.exclusive:  # each for itself: what is said follows from the probabilities
        return Response(probs=probs)
    return Response(text=asked_answers(request)[int(np.argmax(logits[0]))], probs=probs)
