import pytest

from medassay.store import database


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch):
    """These tests make many stores, and none of them cuts the power."""
    monkeypatch.setattr(database, "SYNCHRONOUS", "OFF")
