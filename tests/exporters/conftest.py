"""Where the fixtures lie."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def fixtures() -> Path:
    """The folder of fixtures."""
    return Path(__file__).parents[1] / "fixtures"
