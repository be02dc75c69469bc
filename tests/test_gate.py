"""Data that must not leave: where it may go, and what opens a way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medassay import registry
from medassay.errors import NotPermitted
from medassay.gate import is_local, open_to, require

OPEN = registry.find("benchmark", "vqa-rad")
LOCKED = replace(OPEN, name="ours", may_leave=False, licence="hospital's own", access="credentialed")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/v1",
        "http://localhost:1",
        "localhost",
        "127.8.0.1",
        "http://[::1]:8000",
        "unix:/tmp/s",
    ],
)
def test_loopback_is_local(address):
    assert is_local(address)
    require(LOCKED, "model", address=address)


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.org/v1", "http://10.0.0.5:8000", "http://localhost.example.org", "http://127.0.0.1.example.org",
        "http://0.0.0.0:8000", "https://user:localhost@example.org", "", "example.org:80", "http://[fe80::1]/",
    ],
)  # fmt: skip
def test_everything_else_is_not(address):
    assert not is_local(address)
    with pytest.raises(NotPermitted, match="the data of ours must stay on this machine"):
        require(LOCKED, "model", address=address)
    require(OPEN, "model", address=address)


def test_a_way_is_opened_by_its_name_alone():
    require(LOCKED, "judge", address="https://api.example.org/v1", permitted={"api.example.org"})
    assert not open_to(LOCKED, "judge", address="https://example.org", permitted={"api.example.org"})
    assert not open_to(LOCKED, "report", permitted={"api.example.org"})
    assert open_to(LOCKED, "report", permitted={"report"})
    assert not open_to(LOCKED, "model", address="https://report", permitted={"log"})
    with pytest.raises(NotPermitted, match=r"go into a report.*--permit report"):
        require(LOCKED, "report")
