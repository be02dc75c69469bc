"""Whatever answers: engines for checkpoints, encoders and functions."""

from __future__ import annotations

LOADERS = {
    "transformers": "medassay.models.transformers:TransformersModel",
    "contrastive": "medassay.models.contrastive:ContrastiveModel",
    "server": "medassay.models.server:ServerModel",
}
"""The classes that a model's card names as its loader; resolved late, so that listing imports no torch."""

CARDS = {
    "blip-vqa": "medassay.models.cards.blip:BLIP_VQA",
    "blip2-flan-t5-xl": "medassay.models.cards.blip:BLIP2_FLAN_T5_XL",
    "blip2-opt-2.7b": "medassay.models.cards.blip:BLIP2_OPT_2_7B",
    "demo-clip": "medassay.models.cards.demo:DEMO_CLIP",
    "demo-vlm": "medassay.models.cards.demo:DEMO_VLM",
    "demo-vlm-small": "medassay.models.cards.demo:DEMO_VLM_SMALL",
    "gemini-2.5-pro": "medassay.models.cards.served:GEMINI_2_5_PRO",
    "gemini-3.1-pro": "medassay.models.cards.served:GEMINI_3_1_PRO",
    "gpt-5.2": "medassay.models.cards.served:GPT_5_2",
    "o3": "medassay.models.cards.served:O3",
    "gemma-3-12b": "medassay.models.cards.gemma:GEMMA_3_12B",
    "gemma-3-27b": "medassay.models.cards.gemma:GEMMA_3_27B",
    "gemma-3-4b": "medassay.models.cards.gemma:GEMMA_3_4B",
    "idefics2-8b": "medassay.models.cards.idefics:IDEFICS2_8B",
    "idefics3-8b": "medassay.models.cards.idefics:IDEFICS3_8B",
    "instructblip-vicuna-7b": "medassay.models.cards.blip:INSTRUCTBLIP_VICUNA_7B",
    "llama-4-scout": "medassay.models.cards.llama:LLAMA_4_SCOUT",
    "maira-2": "medassay.models.cards.maira:MAIRA_2",
    "medgemma-1.5-4b": "medassay.models.cards.gemma:MEDGEMMA_1_5_4B",
    "medgemma-27b": "medassay.models.cards.gemma:MEDGEMMA_27B",
    "medgemma-4b": "medassay.models.cards.gemma:MEDGEMMA_4B",
    "smolvlm": "medassay.models.cards.idefics:SMOLVLM",
    "smolvlm-256m": "medassay.models.cards.idefics:SMOLVLM_256M",
    "smolvlm2-2.2b": "medassay.models.cards.idefics:SMOLVLM2_2_2B",
}
"""The cards by name."""


def loader_of(source: str, *, revision: str | None = None) -> str:
    """The loader for a folder or hub id without a card, by the type its configuration names.

    Raises:
        ModelError: it is no checkpoint, or cannot be fetched.
    """
    from medassay.models.checkpoint import locate
    from medassay.models.encoders import is_encoder

    return "contrastive" if is_encoder(locate(source, revision)) else "transformers"
