"""Whatever answers: engines for checkpoints, encoders and functions."""

from __future__ import annotations

LOADERS = {
    "transformers": "medassay.models.transformers:TransformersModel",
    "contrastive": "medassay.models.contrastive:ContrastiveModel",
    "server": "medassay.models.server:ServerModel",
}
"""The classes that a model's card names as its loader; resolved late, so that listing imports no torch."""

CARDS = {
    "biomedclip": "medassay.models.cards.open_clip:BIOMEDCLIP",
    "blip-itm-base": "medassay.models.cards.matching:BLIP_ITM_BASE",
    "blip-itm-large": "medassay.models.cards.matching:BLIP_ITM_LARGE",
    "blip2-itm": "medassay.models.cards.matching:BLIP_2_ITM",
    "blip2-itm-coco": "medassay.models.cards.matching:BLIP_2_ITM_COCO",
    "bmc-clip": "medassay.models.cards.open_clip:BMC_CLIP",
    "clip-vit-b-16": "medassay.models.cards.contrastive:CLIP_VIT_B_16",
    "clip-vit-b-32": "medassay.models.cards.contrastive:CLIP_VIT_B_32",
    "clip-vit-l-14": "medassay.models.cards.contrastive:CLIP_VIT_L_14",
    "conceptclip": "medassay.models.cards.open_clip:CONCEPTCLIP",
    "conch": "medassay.models.cards.open_clip:CONCH",
    "demo-clip": "medassay.models.cards.demo:DEMO_CLIP",
    "demo-vlm": "medassay.models.cards.demo:DEMO_VLM",
    "demo-vlm-small": "medassay.models.cards.demo:DEMO_VLM_SMALL",
    "dermlip": "medassay.models.cards.open_clip:DERMLIP",
    "dermlip-panderm": "medassay.models.cards.open_clip:DERMLIP_PANDERM",
    "dinov2-base": "medassay.models.cards.vision:DINOV2_BASE",
    "dinov2-large": "medassay.models.cards.vision:DINOV2_LARGE",
    "dinov2-small": "medassay.models.cards.vision:DINOV2_SMALL",
    "eyeclip": "medassay.models.cards.open_clip:EYECLIP",
    "gemini-2.5-pro": "medassay.models.cards.served:GEMINI_2_5_PRO",
    "gemini-3.1-pro": "medassay.models.cards.served:GEMINI_3_1_PRO",
    "gemma-3-12b": "medassay.models.cards.gemma:GEMMA_3_12B",
    "gemma-3-27b": "medassay.models.cards.gemma:GEMMA_3_27B",
    "gemma-3-4b": "medassay.models.cards.gemma:GEMMA_3_4B",
    "gpt-5.2": "medassay.models.cards.served:GPT_5_2",
    "medclip-resnet50": "medassay.models.cards.published:MEDCLIP_RESNET50",
    "medclip-vit": "medassay.models.cards.published:MEDCLIP_VIT",
    "medgemma-1.5-4b": "medassay.models.cards.gemma:MEDGEMMA_1_5_4B",
    "medgemma-27b": "medassay.models.cards.gemma:MEDGEMMA_27B",
    "medgemma-4b": "medassay.models.cards.gemma:MEDGEMMA_4B",
    "medsiglip-448": "medassay.models.cards.contrastive:MEDSIGLIP_448",
    "o3": "medassay.models.cards.served:O3",
    "open-pmc-clip": "medassay.models.cards.open_clip:OPEN_PMC_CLIP",
    "plip": "medassay.models.cards.contrastive:PLIP",
    "pmc-clip": "medassay.models.cards.published:PMC_CLIP_RN50",
    "pubmedclip": "medassay.models.cards.contrastive:PUBMEDCLIP",
    "rad-dino": "medassay.models.cards.vision:RAD_DINO",
    "siglip-base": "medassay.models.cards.contrastive:SIGLIP_BASE",
    "siglip2-base": "medassay.models.cards.contrastive:SIGLIP_2_BASE",
    "siglip2-base-naflex": "medassay.models.cards.contrastive:SIGLIP_2_BASE_NAFLEX",
    "unimed-clip": "medassay.models.cards.open_clip:UNIMED_CLIP",
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
