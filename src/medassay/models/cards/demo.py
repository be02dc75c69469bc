"""The checkpoints that ship with the package: they show that the suite works and know nothing but drawings.

`scripts/train_demo_models.py` makes them; their figures stand in the README of each folder.
"""

from __future__ import annotations

from medassay.types import ModelCard, Style

_CITATION = "The medassay authors: demo checkpoints, made by scripts/train_demo_models.py."
_USE = "To show that the suite works, offline and in seconds; of no medical use."
_SEEDS = "Trained on images of phantom's seed 1000; the published test is seed 0 and shares none with it."
_TRAINED_ON = ("phantom",)
_SHORT = Style(decoding={"max_tokens": 48})  # its longest report has 30; on what it does not know it babbles

DEMO_VLM = ModelCard(
    name="demo-vlm",
    title="Demo VLM: a small LLaVA for phantom images",
    loader="transformers",
    source="builtin:demo-vlm",
    style=_SHORT,
    revision=None,
    parameters="1.0 M",
    licence="Apache-2.0",
    access="open",
    citation=_CITATION,
    training_sets=_TRAINED_ON,
    intended_use=_USE,
    notes=_SEEDS,
)

DEMO_VLM_SMALL = ModelCard(
    name="demo-vlm-small",
    title="Demo VLM, small: trained for fewer steps and never asked about histology",
    loader="transformers",
    source="builtin:demo-vlm-small",
    style=_SHORT,
    revision=None,
    parameters="1.0 M",
    licence="Apache-2.0",
    access="open",
    citation=_CITATION,
    training_sets=_TRAINED_ON,
    intended_use=_USE,
    notes=f"{_SEEDS} Its questions left out histology: it guesses there, and there is something to teach it.",
)

DEMO_CLIP = ModelCard(
    name="demo-clip",
    title="Demo CLIP: a small contrastive encoder for phantom images and sentences",
    loader="contrastive",
    source="builtin:demo-clip",
    revision=None,
    parameters="0.5 M",
    licence="Apache-2.0",
    access="open",
    citation=_CITATION,
    training_sets=_TRAINED_ON,
    intended_use=_USE,
    notes=_SEEDS,
)
