"""BLIP and BLIP-2 for retrieval: ranked by vectors, or with score=matching by a head that sees both."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard

_BLIP = "Li et al. BLIP: Bootstrapping Language-Image Pre-training. ICML 2022."
_BLIP_2 = "Li et al. BLIP-2: Bootstrapping with Frozen Image Encoders and Large Language Models. ICML 2023."
_TWO = (
    "Two scores: say which. By vectors probabilities are of cosines over .07, the start of a learned value "
    "that these files lack: only their order is the model's own. score=matching costs a pass for each pair."
)

BLIP_ITM_BASE = ModelCard(
    name="blip-itm-base",
    title="BLIP base for retrieval, tuned on COCO",
    loader="contrastive",
    family="blip-itm",
    source="hf://Salesforce/blip-itm-base-coco",
    revision=None,
    parameters="224 M",
    licence="BSD-3-Clause",
    access="open",
    citation=_BLIP,
    training_sets=("COCO", "Visual Genome", "CC3M", "CC12M", "SBU", "LAION"),
    notes=f"Images of 384. {_TWO} The published wrapper takes the captioning checkpoint, whose text side it "
    "draws at random; that is refused here. The original cuts texts after 35 tokens, this class after 512.",
    unverified=("training_sets",),
)
BLIP_ITM_LARGE = replace(
    BLIP_ITM_BASE,
    name="blip-itm-large",
    title="BLIP large for retrieval, tuned on COCO",
    source="hf://Salesforce/blip-itm-large-coco",
    parameters="not stated",
)
BLIP_2_ITM = replace(
    BLIP_ITM_BASE,
    name="blip2-itm",
    title="BLIP-2 for retrieval: ViT-g and a querying transformer",
    family="blip-2-itm",
    source="hf://Salesforce/blip2-itm-vit-g",
    parameters="1.2 B",
    licence="MIT",
    citation=_BLIP_2,
    notes=f"Images of 224, 32 queries: a text is as near as its nearest query. {_TWO} The original cuts "
    "texts after 32 tokens, this class after 512. A published wrapper takes cosines for logits: nearly flat.",
)
BLIP_2_ITM_COCO = replace(
    BLIP_2_ITM,
    name="blip2-itm-coco",
    title="BLIP-2 for retrieval, tuned on COCO",
    source="hf://Salesforce/blip2-itm-vit-g-coco",
    unverified=("licence", "training_sets"),
)
