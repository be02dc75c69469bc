"""What open_clip wrote, and kin of it whose files only their makers' code reads."""

from __future__ import annotations

from dataclasses import replace

from medassay.types import ModelCard

_INSTEAD = "use biomedclip"
_BERT = (
    "Texts of up to 256 tokens. The configuration of its text tower is read from the hub repository that "
    "open_clip_config.json names: without a network that must be in the cache."
)

BIOMEDCLIP = ModelCard(
    name="biomedclip",
    title="BiomedCLIP: ViT-B/16 and PubMedBERT",
    loader="contrastive",
    family="biomedclip",
    source="hf://microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224",
    revision=None,
    parameters="196 M",
    licence="MIT",
    access="open",
    citation="Zhang et al. BiomedCLIP: a multimodal biomedical foundation model pretrained from fifteen "
    "million scientific image-text pairs. arXiv:2303.00915, 2023.",
    training_sets=("PMC-15M",),
    domain="medical",
    options={"template": "this is a photo of {}"},
    notes=f"{_BERT} A published wrapper takes the softmax of a softmax: two classes never leave .27 to .73.",
    unverified=("options",),
)
DERMLIP = replace(
    BIOMEDCLIP,
    name="dermlip",
    title="DermLIP ViT-B/16 for dermatology",
    family="open_clip",
    source="hf://redlessone/DermLIP_ViT-B-16",
    parameters="150 M",
    licence="CC BY-NC 4.0",
    citation="Yan et al. Derm1M: A Million-scale Vision-Language Dataset for Dermatology. arXiv:2503.14911, "
    "2025.",
    training_sets=("Derm1M",),
    base="clip-vit-b-16",
    options={},
    notes="Started from OpenAI's CLIP ViT-B/16; texts of up to 77 tokens.",
    unverified=("licence", "parameters"),
)
BMC_CLIP = replace(
    DERMLIP,
    name="bmc-clip",
    title="BMC-CLIP of BIOMEDICA, ViT-L/14",
    source="hf://BIOMEDICA/BMC_CLIP_CF",
    parameters="428 M",
    licence="not stated",
    citation="Lozano et al. BIOMEDICA: An Open Biomedical Image-Caption Archive. arXiv:2501.07171, 2025.",
    training_sets=("BIOMEDICA",),
    base="",
    options={"architecture": "ViT-L-14"},
    notes="One file of weights without a configuration; started from open_clip's ViT-L/14 of CommonPool XL.",
    unverified=("parameters",),
)

DERMLIP_PANDERM = replace(
    DERMLIP,
    name="dermlip-panderm",
    title="DermLIP with the PanDerm encoder and PubMedBERT",
    family="",
    source="hf://redlessone/DermLIP_PanDerm-base-w-PubMed-256",
    parameters="not stated",
    base="",
    notes="The better of the two by its paper.",
    status="card only",
    unverified=("licence", "reason"),
    reason="its vision tower is code of its makers' own copy of open_clip; use dermlip",
)
CONCH = replace(
    DERMLIP_PANDERM,
    name="conch",
    title="CONCH for histopathology",
    source="hf://MahmoodLab/conch",
    licence="CC BY-NC-ND",
    access="registration",
    citation="Lu et al. A visual-language foundation model for computational pathology. Nature Medicine "
    "2024.",
    training_sets=("1.17 M pairs of histopathology",),
    notes="For retrieval and zero-shot its projected, unit vectors; for probes neither.",
    unverified=("licence",),
    reason="a file of weights for the package conch (with a tokenizer of its own), which is installed from "
    "its repository and not known here; use plip or biomedclip, or conch as a model of your own",
)
EYECLIP = replace(
    CONCH,
    name="eyeclip",
    title="EyeCLIP for ophthalmology",
    source="https://github.com/Michi-3000/EyeCLIP",
    licence="not stated",
    access="open",
    citation="Shi et al. A multimodal visual-language foundation model for computational ophthalmology. npj "
    "Digital Medicine 2025.",
    training_sets=(),
    notes="Eleven kinds of eye images.",
    unverified=("training_sets",),
    reason=f"one file on Google Drive, read by its makers' own copy of OpenAI's CLIP; {_INSTEAD}",
)
OPEN_PMC_CLIP = replace(
    CONCH,
    name="open-pmc-clip",
    title="Open-PMC-CLIP",
    source="hf://vector-institute/open-pmc-clip",
    licence="MIT",
    access="open",
    citation="Advancing Medical Representation Learning Through High-Quality Data. arXiv:2503.14377, 2025.",
    training_sets=("Open-PMC",),
    notes="Figures of PubMed Central, split into their parts.",
    unverified=("citation",),
    reason=f"one training checkpoint (.ckpt) of the mmlearn framework, without a configuration; {_INSTEAD}",
)
UNIMED_CLIP = replace(
    CONCH,
    name="unimed-clip",
    title="UniMed-CLIP ViT-B/16",
    source="hf://UzairK/unimed-clip-vit-b16",
    licence="CC BY-NC 4.0",
    access="open",
    citation="Khattak et al. UniMed-CLIP: Towards a Unified Image-Text Pretraining Paradigm for Diverse "
    "Medical Imaging Modalities. arXiv:2412.10372, 2024.",
    training_sets=("UniMed",),
    notes="Texts of up to 256 tokens by BiomedBERT; 21 templates a class in its own evaluation.",
    unverified=("citation",),
    reason="one file of weights for its makers' own copy of open_clip, which puts a BERT beside a CLIP tower "
    f"by an option of its own; {_INSTEAD}",
)
CONCEPTCLIP = replace(
    CONCH,
    name="conceptclip",
    title="ConceptCLIP",
    source="hf://JerrryNie/ConceptCLIP",
    licence="not stated",
    citation="Nie et al. An Explainable Biomedical Foundation Model via Large-Scale Concept-Enhanced "
    "Vision-Language Pre-training. Nature Biomedical Engineering 2026.",
    training_sets=("MedConcept-23M",),
    notes="Its template is 'a medical image of {}'; its logit_scale is a factor, not a logarithm.",
    unverified=(),
    reason=f"it is an encoder by code of its own repository, which is not loaded; {_INSTEAD}, or call it "
    "from a model of your own",
)
