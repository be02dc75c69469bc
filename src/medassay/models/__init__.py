"""Whatever answers: engines for checkpoints, encoders and functions."""

from __future__ import annotations

from pathlib import Path

LOADERS = {
    "adapted": "medassay.models.adapted:AdaptedModel",
    "transformers": "medassay.models.transformers:TransformersModel",
    "tuned": "medassay.models.tuned:open_tuned",
    "contrastive": "medassay.models.contrastive:ContrastiveModel",
    "server": "medassay.models.server:ServerModel",
    "vllm": "medassay.models.vllm:VllmModel",
}
"""The classes that a model's card names as its loader; resolved late, so that listing imports no torch."""

CARDS = {
    "biomedclip": "medassay.models.cards.open_clip:BIOMEDCLIP",
    "blip-itm-base": "medassay.models.cards.matching:BLIP_ITM_BASE",
    "blip-itm-large": "medassay.models.cards.matching:BLIP_ITM_LARGE",
    "blip-vqa": "medassay.models.cards.blip:BLIP_VQA",
    "blip2-flan-t5-xl": "medassay.models.cards.blip:BLIP2_FLAN_T5_XL",
    "blip2-itm": "medassay.models.cards.matching:BLIP_2_ITM",
    "blip2-itm-coco": "medassay.models.cards.matching:BLIP_2_ITM_COCO",
    "blip2-opt-2.7b": "medassay.models.cards.blip:BLIP2_OPT_2_7B",
    "bmc-clip": "medassay.models.cards.open_clip:BMC_CLIP",
    "chexagent-2": "medassay.models.cards.own_code:CHEXAGENT_2",
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
    "glm-4.1v-9b-thinking": "medassay.models.cards.glm:GLM_4_1V_9B_THINKING",
    "glm-4.5v": "medassay.models.cards.glm:GLM_4_5V",
    "gpt-5.2": "medassay.models.cards.served:GPT_5_2",
    "huatuogpt-vision-34b": "medassay.models.cards.llava:HUATUO_34B",
    "huatuogpt-vision-7b": "medassay.models.cards.llava:HUATUO_7B",
    "huatuogpt-vision-7b-qwen2.5vl": "medassay.models.cards.qwen_medical:HUATUOGPT_VISION_7B_QWEN2_5VL",
    "hulu-med-14b": "medassay.models.cards.own_code:HULU_MED_14B",
    "hulu-med-32b": "medassay.models.cards.own_code:HULU_MED_32B",
    "hulu-med-7b": "medassay.models.cards.own_code:HULU_MED_7B",
    "idefics2-8b": "medassay.models.cards.idefics:IDEFICS2_8B",
    "idefics3-8b": "medassay.models.cards.idefics:IDEFICS3_8B",
    "instructblip-vicuna-7b": "medassay.models.cards.blip:INSTRUCTBLIP_VICUNA_7B",
    "internvl3-14b": "medassay.models.cards.internvl:INTERNVL3_14B",
    "internvl3-1b": "medassay.models.cards.internvl:INTERNVL3_1B",
    "internvl3-2b": "medassay.models.cards.internvl:INTERNVL3_2B",
    "internvl3-38b": "medassay.models.cards.internvl:INTERNVL3_38B",
    "internvl3-78b": "medassay.models.cards.internvl:INTERNVL3_78B",
    "internvl3-8b": "medassay.models.cards.internvl:INTERNVL3_8B",
    "internvl3.5-14b": "medassay.models.cards.internvl:INTERNVL3_5_14B",
    "internvl3.5-1b": "medassay.models.cards.internvl:INTERNVL3_5_1B",
    "internvl3.5-2b": "medassay.models.cards.internvl:INTERNVL3_5_2B",
    "internvl3.5-38b": "medassay.models.cards.internvl:INTERNVL3_5_38B",
    "internvl3.5-4b": "medassay.models.cards.internvl:INTERNVL3_5_4B",
    "internvl3.5-8b": "medassay.models.cards.internvl:INTERNVL3_5_8B",
    "lingshu-32b": "medassay.models.cards.qwen_medical:LINGSHU_32B",
    "lingshu-7b": "medassay.models.cards.qwen_medical:LINGSHU_7B",
    "lingshu-i-8b": "medassay.models.cards.qwen_medical:LINGSHU_I_8B",
    "llama-4-scout": "medassay.models.cards.llama:LLAMA_4_SCOUT",
    "llava-1.5-13b": "medassay.models.cards.llava:LLAVA_15_13B",
    "llava-1.5-13b-original": "medassay.models.cards.llava:LLAVA_15_13B_ORIGINAL",
    "llava-1.5-7b": "medassay.models.cards.llava:LLAVA_15_7B",
    "llava-1.5-7b-original": "medassay.models.cards.llava:LLAVA_15_7B_ORIGINAL",
    "llava-med-v1": "medassay.models.cards.llava:LLAVA_MED_1",
    "llava-med-v1.5": "medassay.models.cards.llava:LLAVA_MED_15",
    "llava-onevision-72b": "medassay.models.cards.llava:LLAVA_ONEVISION_72B",
    "llava-onevision-7b": "medassay.models.cards.llava:LLAVA_ONEVISION_7B",
    "maira-2": "medassay.models.cards.maira:MAIRA_2",
    "med-flamingo": "medassay.models.cards.own_code:MED_FLAMINGO",
    "med-r1": "medassay.models.cards.qwen_medical:MED_R1",
    "medclip-resnet50": "medassay.models.cards.published:MEDCLIP_RESNET50",
    "medclip-vit": "medassay.models.cards.published:MEDCLIP_VIT",
    "medgemma-1.5-4b": "medassay.models.cards.gemma:MEDGEMMA_1_5_4B",
    "medgemma-27b": "medassay.models.cards.gemma:MEDGEMMA_27B",
    "medgemma-4b": "medassay.models.cards.gemma:MEDGEMMA_4B",
    "medsiglip-448": "medassay.models.cards.contrastive:MEDSIGLIP_448",
    "medvlm-r1": "medassay.models.cards.qwen_medical:MEDVLM_R1",
    "medvlthinker-32b": "medassay.models.cards.qwen_medical:MEDVLTHINKER_32B",
    "medvlthinker-3b": "medassay.models.cards.qwen_medical:MEDVLTHINKER_3B",
    "medvlthinker-7b": "medassay.models.cards.qwen_medical:MEDVLTHINKER_7B",
    "medvlthinker-7b-pmc": "medassay.models.cards.qwen_medical:MEDVLTHINKER_7B_PMC",
    "mimo-vl-7b-rl": "medassay.models.cards.mimo:MIMO_VL_7B_RL",
    "mimo-vl-7b-rl-2508": "medassay.models.cards.mimo:MIMO_VL_7B_RL_2508",
    "mimo-vl-7b-sft": "medassay.models.cards.mimo:MIMO_VL_7B_SFT",
    "mimo-vl-7b-sft-2508": "medassay.models.cards.mimo:MIMO_VL_7B_SFT_2508",
    "molmo-7b-d": "medassay.models.cards.own_code:MOLMO_7B_D",
    "nvila-8b": "medassay.models.cards.own_code:NVILA_8B",
    "o3": "medassay.models.cards.served:O3",
    "open-pmc-clip": "medassay.models.cards.open_clip:OPEN_PMC_CLIP",
    "oralgpt-omni-7b": "medassay.models.cards.qwen_medical:ORALGPT_OMNI_7B",
    "patho-r1-3b": "medassay.models.cards.qwen_medical:PATHO_R1_3B",
    "patho-r1-7b": "medassay.models.cards.qwen_medical:PATHO_R1_7B",
    "plip": "medassay.models.cards.contrastive:PLIP",
    "pmc-clip": "medassay.models.cards.published:PMC_CLIP_RN50",
    "pubmedclip": "medassay.models.cards.contrastive:PUBMEDCLIP",
    "quilt-llava": "medassay.models.cards.llava:QUILT_LLAVA",
    "qwen2-vl-2b": "medassay.models.cards.qwen:QWEN2_VL_2B",
    "qwen2-vl-72b": "medassay.models.cards.qwen:QWEN2_VL_72B",
    "qwen2-vl-7b": "medassay.models.cards.qwen:QWEN2_VL_7B",
    "qwen2.5-vl-32b": "medassay.models.cards.qwen:QWEN2_5_VL_32B",
    "qwen2.5-vl-3b": "medassay.models.cards.qwen:QWEN2_5_VL_3B",
    "qwen2.5-vl-72b": "medassay.models.cards.qwen:QWEN2_5_VL_72B",
    "qwen2.5-vl-7b": "medassay.models.cards.qwen:QWEN2_5_VL_7B",
    "qwen3-vl-235b-a22b": "medassay.models.cards.qwen:QWEN3_VL_235B",
    "qwen3-vl-235b-a22b-thinking": "medassay.models.cards.qwen:QWEN3_VL_235B_THINKING",
    "qwen3-vl-2b": "medassay.models.cards.qwen:QWEN3_VL_2B",
    "qwen3-vl-2b-thinking": "medassay.models.cards.qwen:QWEN3_VL_2B_THINKING",
    "qwen3-vl-30b-a3b": "medassay.models.cards.qwen:QWEN3_VL_30B",
    "qwen3-vl-30b-a3b-thinking": "medassay.models.cards.qwen:QWEN3_VL_30B_THINKING",
    "qwen3-vl-32b": "medassay.models.cards.qwen:QWEN3_VL_32B",
    "qwen3-vl-32b-thinking": "medassay.models.cards.qwen:QWEN3_VL_32B_THINKING",
    "qwen3-vl-4b": "medassay.models.cards.qwen:QWEN3_VL_4B",
    "qwen3-vl-4b-thinking": "medassay.models.cards.qwen:QWEN3_VL_4B_THINKING",
    "qwen3-vl-8b": "medassay.models.cards.qwen:QWEN3_VL_8B",
    "qwen3-vl-8b-thinking": "medassay.models.cards.qwen:QWEN3_VL_8B_THINKING",
    "rad-dino": "medassay.models.cards.vision:RAD_DINO",
    "siglip-base": "medassay.models.cards.contrastive:SIGLIP_BASE",
    "siglip2-base": "medassay.models.cards.contrastive:SIGLIP_2_BASE",
    "siglip2-base-naflex": "medassay.models.cards.contrastive:SIGLIP_2_BASE_NAFLEX",
    "smolvlm": "medassay.models.cards.idefics:SMOLVLM",
    "smolvlm-256m": "medassay.models.cards.idefics:SMOLVLM_256M",
    "smolvlm2-2.2b": "medassay.models.cards.idefics:SMOLVLM2_2_2B",
    "unimed-clip": "medassay.models.cards.open_clip:UNIMED_CLIP",
    "xraygpt": "medassay.models.cards.own_code:XRAYGPT",
}
"""The cards by name."""


def loader_of(source: str, *, revision: str | None = None) -> str:
    """The loader for a folder or hub id without a card, by the type its configuration names.

    Raises:
        ModelError: it is no checkpoint, or cannot be fetched.
    """
    from medassay.models.about import read_about
    from medassay.models.checkpoint import locate
    from medassay.models.encoders import is_encoder
    from medassay.models.encoders.layouts import layout_of

    if (Path(source) / "adapted.json").is_file():
        return str(read_about(Path(source))["kind"])
    if layout_of(source) is not None:
        return "contrastive"
    return "contrastive" if is_encoder(locate(source, revision)) else "transformers"
