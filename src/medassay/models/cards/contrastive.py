"""CLIP, SigLIP and what was trained from them: images and texts in one space."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard

_CLIP = "Radford et al. Learning Transferable Visual Models From Natural Language Supervision. ICML 2021."
_SIGLIP = "Zhai et al. Sigmoid Loss for Language Image Pre-Training. ICCV 2023."
_SIGLIP_2 = "Tschannen et al. SigLIP 2: Multilingual Vision-Language Encoders. arXiv:2502.14786, 2025."
_SEEN = "Shortest edge to 224, bicubic, centre crop, CLIP's mean and deviation; texts of up to 77 tokens."
_PADDED = (
    "The image is squashed to the square. Texts in lower case, always padded to 64 tokens: a shorter pad "
    "changes the vector. Each pair has a probability of its own, the sigmoid of the logit."
)

CLIP_VIT_B_32 = ModelCard(
    name="clip-vit-b-32",
    title="CLIP ViT-B/32",
    loader="contrastive",
    family="clip",
    source="hf://openai/clip-vit-base-patch32",
    revision=None,
    parameters="151 M",
    licence="MIT",
    access="open",
    citation=_CLIP,
    training_sets=("400 M pairs of the web",),
    notes=_SEEN,
    unverified=("licence",),
)
CLIP_VIT_B_16 = replace(
    CLIP_VIT_B_32,
    name="clip-vit-b-16",
    title="CLIP ViT-B/16",
    source="hf://openai/clip-vit-base-patch16",
    parameters="150 M",
)
CLIP_VIT_L_14 = replace(
    CLIP_VIT_B_32,
    name="clip-vit-l-14",
    title="CLIP ViT-L/14",
    source="hf://openai/clip-vit-large-patch14",
    parameters="428 M",
)

PLIP = replace(
    CLIP_VIT_B_32,
    name="plip",
    title="PLIP: CLIP ViT-B/32 for pathology",
    source="hf://vinid/plip",
    licence="not stated",
    citation="Huang et al. A visual-language foundation model for pathology image analysis using medical "
    "Twitter. Nature Medicine 2023.",
    training_sets=("OpenPath",),
    domain="medical",
    base="clip-vit-b-32",
    notes=f"{_SEEN} One published wrapper passes the vectors of texts where their tokens belong.",
)
PUBMEDCLIP = replace(
    CLIP_VIT_B_32,
    name="pubmedclip",
    title="PubMedCLIP: CLIP ViT-B/32 for figures of articles",
    source="hf://flaviagiammarino/pubmed-clip-vit-base-patch32",
    citation="Eslami et al. Does CLIP Benefit Visual Question Answering in the Medical Domain as Much as it "
    "Does in the General Domain? arXiv:2112.13906, 2021.",
    training_sets=("ROCO",),
    domain="medical",
    base="clip-vit-b-32",
    unverified=(),
)

SIGLIP_BASE = ModelCard(
    name="siglip-base",
    title="SigLIP base, patches of 16, images of 224",
    loader="contrastive",
    family="siglip",
    source="hf://google/siglip-base-patch16-224",
    revision=None,
    parameters="203 M",
    licence="Apache-2.0",
    access="open",
    citation=_SIGLIP,
    training_sets=("WebLI",),
    options={"template": "This is a photo of {}."},
    notes=f"{_PADDED} Published wrappers pad to the longest text and take a softmax.",
    unverified=("licence", "options"),
)
SIGLIP_2_BASE = replace(
    SIGLIP_BASE,
    name="siglip2-base",
    title="SigLIP 2 base, patches of 16, images of 224",
    source="hf://google/siglip2-base-patch16-224",
    parameters="375 M",
    citation=_SIGLIP_2,
    notes=f"{_PADDED} The tokenizer that the checkpoint names keeps capitals, which training had not.",
)
SIGLIP_2_BASE_NAFLEX = replace(
    SIGLIP_2_BASE,
    name="siglip2-base-naflex",
    title="SigLIP 2 base, patches of 16, images at their own aspect",
    family="siglip2",
    source="hf://google/siglip2-base-patch16-naflex",
    notes="The image keeps its aspect: up to 256 patches. Texts in lower case, always padded to 64 tokens.",
)
MEDSIGLIP_448 = replace(
    SIGLIP_BASE,
    name="medsiglip-448",
    title="MedSigLIP, images of 448",
    source="hf://google/medsiglip-448",
    parameters="878 M",
    licence="Health AI Developer Foundations terms of use",
    access="registration",
    citation="Sellergren et al. MedGemma Technical Report. arXiv:2507.05201, 2025.",
    training_sets=(),
    domain="medical",
    options={},
    notes=f"{_PADDED} Its makers resized with TensorFlow, bilinear; here it is the processor's bicubic. "
    "Trained on X-rays, skin, eye and tissue images, CT and MRI with texts; which sets is not confirmed.",
    unverified=("training_sets",),
)
