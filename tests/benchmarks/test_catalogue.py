"""Every benchmark of the catalogue, by its fixture, against the contracts."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from medassay import registry
from medassay.benchmarks import BENCHMARKS
from medassay.contracts import check_benchmark
from medassay.errors import DataError
from medassay.types import Benchmark, Sample, Where

from .conftest import makers

WORDS = [
    "vqa-rad@mevf",
    "vqa-rad@osf",
    "vqa-rad@hub",
    "rocov2@files",
    "rocov2@hub",
    *makers(),
]
GENERATED: dict[str, dict[str, Any]] = {"phantom": {"n": 12}}  # options that keep it small


def test_every_benchmark_has_a_fixture():
    assert {word.partition("@")[0] for word in WORDS} | set(GENERATED) == set(BENCHMARKS)


@pytest.mark.parametrize("word", WORDS)
def test_contracts_hold(word, folder):
    name, _, variant = word.partition("@")
    held = registry.find("benchmark", name)
    root = folder(word)
    where = Where(root=root, split=held.splits[0], variant=None if held.detect else variant or None)
    if held.detect:
        assert held.detect(where) == (variant or None)
    samples = list(held.load(where))
    training = _training(held, replace(where, split="train"))
    assert [f for f in check_benchmark(held, samples, training=training) if not f.ok] == []


def _training(held: Benchmark, where: Where) -> list[Sample]:
    """The training part of the fixture, where it has one."""
    if "train" not in held.splits or where.split == held.splits[0]:
        return []
    try:
        return list(held.load(where))
    except DataError:
        return []


@pytest.mark.parametrize("word", GENERATED)
def test_contracts_hold_for_what_is_generated(word):
    held = registry.find("benchmark", word)
    samples = list(held.load(Where(), **GENERATED[word]))
    assert [f for f in check_benchmark(held, samples) if not f.ok] == []


def test_the_catalogue_loads_nothing_heavy():
    code = "import sys, medassay.benchmarks; print([m for m in sys.modules if 'medassay.benchmarks.' in m])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
