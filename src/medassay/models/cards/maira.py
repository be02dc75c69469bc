"""MAIRA-2, which reports chest X-rays with the places of its findings."""

from __future__ import annotations

from medassay.types import ModelCard

MAIRA_2 = ModelCard(
    name="maira-2",
    title="MAIRA-2: grounded reports of chest X-rays",
    loader="transformers",
    source="hf://microsoft/maira-2",
    revision=None,
    parameters="7 B",
    licence="Microsoft Research licence (MSRLA)",
    access="registration",
    citation="Bannur et al. MAIRA-2: Grounded Radiology Report Generation. arXiv:2406.04449, 2024.",
    training_sets=("mimic-cxr", "PadChest", "USMix (private)"),
    domain="medical",
    status="card only",
    reason="its code writes prompts and reads boxes in a way of its own; use medgemma-4b for reports of "
    "chest X-rays, or wrap MAIRA-2 in a function of yours",
    intended_use="Research; not for clinical practice.",
    notes="A RAD-DINO encoder and Vicuna 7B; reads the current frontal image, a lateral and a prior one, and "
    "the indication, technique and comparison.",
    unverified=("licence", "access", "training_sets"),
)
