"""The 17 rows of MedVLMBench's table: each can be run, or says in writing why it cannot."""

from __future__ import annotations

import pytest

from medassay import registry
from medassay.errors import UsageError
from medassay.workflows.resolve import resolve_benchmark

# row -> the benchmark, and whether its published subset can be rebuilt from what is distributed
ROWS = {
    "SLAKE": ("slake", True),
    "VQA-RAD": ("vqa-rad", True),
    "PathVQA": ("pathvqa", True),
    "Harvard-FairVLMed10k (diagnosis)": ("fairvlmed10k-diagnosis", False),
    "Harvard-FairVLMed10k (caption)": ("fairvlmed10k-notes", False),
    "MedXpertQA": ("medxpertqa-mm", False),
    "OmniMedVQA": ("omnimedvqa", False),
    "MIMIC-CXR": ("mimic-cxr", True),
    "PneumoniaMNIST": ("pneumoniamnist", True),
    "BreastMNIST": ("breastmnist", True),
    "DermaMNIST": ("dermamnist", True),
    "Camelyon17": ("camelyon17-wilds", False),
    "HAM10000": ("ham10000", False),
    "CheXpert": ("chexpert", True),
    "ChestXray": ("kermany-pneumonia", True),
    "GF3300": ("harvard-gf", False),
    "PAPILA": ("papila", False),
    "Drishti": ("drishti-gs", True),
}


def test_a_row_whose_questions_are_not_distributed_reads_those_that_the_user_has():
    card = registry.find("benchmark", "fairvlmed10k-vqa")
    assert "vqa_{split}.csv are not distributed: bring your own" in card.notes


@pytest.mark.parametrize("row", ROWS)
def test_a_row_can_be_run_or_says_why_not(row):
    name, rebuilt = ROWS[row]
    card = registry.find("benchmark", name)
    assert ("medvlmbench" in card.variants) == rebuilt
    if not rebuilt:
        assert len(card.absent["medvlmbench"]) > 30
        with pytest.raises(UsageError, match="cannot be had"):
            resolve_benchmark(f"{name}@medvlmbench")
