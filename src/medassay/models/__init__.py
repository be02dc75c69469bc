"""Whatever answers: engines for checkpoints, encoders and functions."""

from __future__ import annotations

LOADERS = {
    "transformers": "medassay.models.transformers:TransformersModel",
    "contrastive": "medassay.models.contrastive:ContrastiveModel",
    "server": "medassay.models.server:ServerModel",
}
"""The classes that a model's card names as its loader; resolved late, so that listing imports no torch."""

CARDS = {
    "chexagent-2": "medassay.models.cards.own_code:CHEXAGENT_2",
    "demo-clip": "medassay.models.cards.demo:DEMO_CLIP",
    "demo-vlm": "medassay.models.cards.demo:DEMO_VLM",
    "demo-vlm-small": "medassay.models.cards.demo:DEMO_VLM_SMALL",
    "huatuogpt-vision-34b": "medassay.models.cards.llava:HUATUO_34B",
    "huatuogpt-vision-7b": "medassay.models.cards.llava:HUATUO_7B",
    "hulu-med-14b": "medassay.models.cards.own_code:HULU_MED_14B",
    "hulu-med-32b": "medassay.models.cards.own_code:HULU_MED_32B",
    "hulu-med-7b": "medassay.models.cards.own_code:HULU_MED_7B",
    "llava-1.5-13b": "medassay.models.cards.llava:LLAVA_15_13B",
    "llava-1.5-13b-original": "medassay.models.cards.llava:LLAVA_15_13B_ORIGINAL",
    "llava-1.5-7b": "medassay.models.cards.llava:LLAVA_15_7B",
    "llava-1.5-7b-original": "medassay.models.cards.llava:LLAVA_15_7B_ORIGINAL",
    "llava-med-v1": "medassay.models.cards.llava:LLAVA_MED_1",
    "llava-med-v1.5": "medassay.models.cards.llava:LLAVA_MED_15",
    "med-flamingo": "medassay.models.cards.own_code:MED_FLAMINGO",
    "molmo-7b-d": "medassay.models.cards.own_code:MOLMO_7B_D",
    "nvila-8b": "medassay.models.cards.own_code:NVILA_8B",
    "quilt-llava": "medassay.models.cards.llava:QUILT_LLAVA",
    "vila-m3-13b": "medassay.models.cards.vila:VILA_M3_13B",
    "vila-m3-3b": "medassay.models.cards.vila:VILA_M3_3B",
    "vila-m3-8b": "medassay.models.cards.vila:VILA_M3_8B",
    "vila1.5-13b": "medassay.models.cards.vila:VILA_15_13B",
    "vila1.5-3b": "medassay.models.cards.vila:VILA_15_3B",
    "vila1.5-8b": "medassay.models.cards.vila:VILA_15_8B",
    "xraygpt": "medassay.models.cards.own_code:XRAYGPT",
}
"""The cards by name."""


def loader_of(source: str, *, revision: str | None = None) -> str:
    """The loader for a folder or hub id without a card, by the type its configuration names.

    Raises:
        ModelError: it is no checkpoint, or cannot be fetched.
    """
    from medassay.models.checkpoint import locate
    from medassay.models.encoder import FAMILIES

    kind = locate(source, revision).config.get("model_type")
    return "contrastive" if kind in FAMILIES else "transformers"
