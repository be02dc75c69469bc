"""Recipes that change what a model can do, by the name that `medassay adapt` knows them under.

A recipe takes examples and an encoder and leaves a head; it never sees a test sample.
"""

from __future__ import annotations

RECIPES = {
    "clip-adapter": "medassay.adaptation.clip_adapter:clip_adapter",
    "clip-img-lora": "medassay.adaptation.image_lora:image_lora_prompts",
    "coop": "medassay.adaptation.coop:coop",
    "img-lora-lp": "medassay.adaptation.image_lora:image_lora_probe",
    "img-lora-lp@medvlmbench": "medassay.adaptation.image_lora:medvlmbench_lora",
    "linear-probe": "medassay.adaptation.linear_probe:linear_probe",
    "linear-probe@medvlmbench": "medassay.adaptation.published_probe:medvlmbench_probe",
    "tip-adapter": "medassay.adaptation.tip_adapter:tip_adapter",
}
"""Functions by name; `@` marks a published setting."""
