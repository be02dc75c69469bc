"""What all tests share: where the real data lies, and a quiet torch."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

SHARED = Path(os.environ.get("MEDASSAY_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real, openly licensed data, beside the checkout (or $MEDASSAY_SHARED)."""
    if not (SHARED / "data").is_dir():
        pytest.skip("shared data absent")
    return SHARED / "data"


@pytest.fixture(scope="session")
def shared_golden() -> Path:
    """The folder of cases with known outcomes."""
    if not (SHARED / "golden").is_dir():
        pytest.skip("shared golden cases absent")
    return SHARED / "golden"
