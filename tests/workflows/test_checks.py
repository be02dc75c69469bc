"""`medassay check` on models: which words name one, and how exact it must be."""

from __future__ import annotations

from pathlib import Path

import pytest

import medassay
from medassay.errors import UsageError
from medassay.models.fakes import Scripted
from medassay.workflows.checks import ROUNDING, check, tolerance
from medassay.workflows.named import resolve_model

DEMO = Path(medassay.__file__).parent / "models" / "demo" / "demo-vlm"


@pytest.mark.parametrize("word", ["demo-vlm:device=cpu", str(DEMO)])
def test_one_word_checks_a_model(word):
    held = check(benchmark=word)
    assert {subject for subject, _ in held.findings} == {"demo-vlm"}
    assert held.ok
    assert "a batch gives what one by one gives" in held.text()


def test_a_benchmark_of_that_name_goes_first():
    assert {subject for subject, _ in check(benchmark="phantom").findings} == {"phantom"}
    with pytest.raises(UsageError):
        check(benchmark="no-such-thing")


def test_float32_on_a_cpu_is_exact_and_less_is_rounding():
    assert tolerance(resolve_model("demo-vlm:device=cpu").model) is None
    assert tolerance(resolve_model("demo-vlm:device=cpu,dtype=bfloat16").model) == ROUNDING
    assert tolerance(Scripted(lambda request: "")) is None
    assert tolerance(resolve_model("http://localhost:9/v1:name=any").model) == ROUNDING


def test_in_bfloat16_the_rate_of_changed_answers_is_said():
    held = check(model="demo-vlm:device=cpu,dtype=bfloat16")
    assert held.ok, held.text()
    assert "of 24 answers changed, 12.5% may" in held.text()
