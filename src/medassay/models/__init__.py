"""Whatever answers: engines for checkpoints, encoders, servers and functions."""

from __future__ import annotations

LOADERS = {
    "transformers": "medassay.models.transformers:TransformersModel",
    "contrastive": "medassay.models.contrastive:ContrastiveModel",
}
"""The classes that a model's card names as its loader; resolved late, so that listing imports no torch."""
