"""Whatever answers: engines for checkpoints, encoders and functions."""

from __future__ import annotations

LOADERS = {
    "transformers": "medassay.models.transformers:TransformersModel",
    "contrastive": "medassay.models.contrastive:ContrastiveModel",
    "server": "medassay.models.server:ServerModel",
}
"""The classes that a model's card names as its loader; resolved late, so that listing imports no torch."""

CARDS = {
    "demo-clip": "medassay.models.cards.demo:DEMO_CLIP",
    "demo-vlm": "medassay.models.cards.demo:DEMO_VLM",
    "demo-vlm-small": "medassay.models.cards.demo:DEMO_VLM_SMALL",
    "gemini-2.5-pro": "medassay.models.cards.served:GEMINI_2_5_PRO",
    "gemini-3.1-pro": "medassay.models.cards.served:GEMINI_3_1_PRO",
    "gpt-5.2": "medassay.models.cards.served:GPT_5_2",
    "medclip-resnet50": "medassay.models.cards.published:MEDCLIP_RESNET50",
    "medclip-vit": "medassay.models.cards.published:MEDCLIP_VIT",
    "o3": "medassay.models.cards.served:O3",
    "pmc-clip": "medassay.models.cards.published:PMC_CLIP_RN50",
}
"""The cards by name."""


def loader_of(source: str, *, revision: str | None = None) -> str:
    """The loader for a folder or hub id without a card, by the type its configuration names.

    Raises:
        ModelError: it is no checkpoint, or cannot be fetched.
    """
    from medassay.models.checkpoint import locate
    from medassay.models.encoders import is_encoder
    from medassay.models.encoders.layouts import layout_of

    if layout_of(source) is not None:
        return "contrastive"
    return "contrastive" if is_encoder(locate(source, revision)) else "transformers"
