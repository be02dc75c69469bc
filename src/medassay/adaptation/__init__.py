"""Recipes that change what a model can do, by the name that `medassay adapt` knows them under.

A recipe for encoders takes examples and leaves a head; one for models that answer in words takes dialogues
and leaves an adapter or weights (`medassay.adaptation.generative`). Neither ever sees a test sample.
"""

from __future__ import annotations

RECIPES = {
    "clip-adapter": "medassay.adaptation.clip_adapter:clip_adapter",
    "clip-img-lora": "medassay.adaptation.image_lora:image_lora_prompts",
    "cocoop": "medassay.adaptation.cocoop:cocoop",
    "coop": "medassay.adaptation.coop:coop",
    "dpo": "medassay.adaptation.generative.dpo:DirectPreference",
    "dpo@mmedpo": "medassay.adaptation.generative.dpo:MMedPOPreference",
    "grpo": "medassay.adaptation.generative.grpo:GroupRelativePolicy",
    "img-lora-lp": "medassay.adaptation.image_lora:image_lora_probe",
    "img-lora-lp@medvlmbench": "medassay.adaptation.image_lora:medvlmbench_lora",
    "linear-probe": "medassay.adaptation.linear_probe:linear_probe",
    "linear-probe@medvlmbench": "medassay.adaptation.published_probe:medvlmbench_probe",
    "sft": "medassay.adaptation.generative.sft:SupervisedFineTuning",
    "sft@medvlmbench": "medassay.adaptation.generative.sft:MedVLMBenchFineTuning",
    "tip-adapter": "medassay.adaptation.tip_adapter:tip_adapter",
    "zero-shot-ensemble": "medassay.adaptation.ensemble:zero_shot_ensemble",
}
"""Functions by name; `@` marks a published setting."""
