"""Encoders that are published in their authors' own files, which are read as they are."""

from __future__ import annotations

from dataclasses import replace

from medassay.models.encoders.layouts import MEDCLIP_RESNET, MEDCLIP_SWIN, PMC_CLIP
from medassay.types import ModelCard

MEDCLIP_VIT = ModelCard(
    name="medclip-vit",
    title="MedCLIP with a Swin-T (MedCLIP-ViT)",
    loader="contrastive",
    source=MEDCLIP_SWIN,
    revision=None,
    parameters="136.62 M",
    licence="BSD, as its setup.py says; the repository holds no text of it",
    access="open",
    citation="Wang et al. 2022: MedCLIP: Contrastive Learning from Unpaired Medical Images and Text. EMNLP. "
    "https://arxiv.org/abs/2210.10163",
    training_sets=("chexpert", "mimic-cxr"),
    options={"template": "{}"},
    family="medclip-swin",
    domain="medical",
    notes="Grey, on a black square, mean .5863 and deviation .2795: MedVLMBench took the mean for a factor, "
    "and its figures are made so. The paper says the training split of MIMIC-CXR, its table counts all of "
    "it. Its own prompts are phrases, not sentences, so a label stands alone. The weights were not at hand.",
)

MEDCLIP_RESNET50 = replace(
    MEDCLIP_VIT,
    name="medclip-resnet50",
    title="MedCLIP with a ResNet-50",
    source=MEDCLIP_RESNET,
    parameters="133.26 M",
    family="medclip-resnet",
)

PMC_CLIP_RN50 = ModelCard(
    name="pmc-clip",
    title="PMC-CLIP (ResNet-50)",
    loader="contrastive",
    source=f"hf://{PMC_CLIP}",
    revision=None,
    parameters="147.86 M",
    licence="MIT (the code)",
    access="open",
    citation="Lin et al. 2023: PMC-CLIP: Contrastive Language-Image Pre-training using Biomedical Documents. "
    "MICCAI. https://arxiv.org/abs/2303.07240",
    training_sets=("PMC-OA",),
    options={"template": "{}"},
    family="pmc-clip",
    domain="medical",
    unverified=("licence",),
    notes="As in its training code: 32 heads over places, the first token's last state, padded to 77 without "
    "a mask. The authors' example of the same files takes 8 heads and the pooler's output, and figures made "
    "with it differ. The weights were not at hand.",
)
