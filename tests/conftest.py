"""What all tests share: where the real data lies, and a quiet torch."""

from __future__ import annotations

import os
from collections import Counter
from importlib.util import find_spec
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


# Without torch the core is tested alone.
collect_ignore = [] if find_spec("torch") else ["models"]

# Reasons for which a test may be skipped where CI runs. A new one must be put here on purpose.
ALLOWED_SKIPS = (
    "shared data absent",
    "shared golden cases absent",
    "torch is not installed",
    "trl is not installed",
    "no CUDA device",
    "needs root to mount a small disk",
    "nibabel absent",
    "peft absent",
    "pydicom absent",
    "qwen-vl-utils absent",
    "torchvision is installed",
    "open_clip absent",
    "openai absent",
    "ray absent",
    "inspect_ai absent",
    "jsonschema absent",
    "pycocoevalcap absent",
    "openpyxl absent",
    "no Java",
    "torchmetrics absent",
    "playwright absent",
    "no Chromium",
)
_skips: Counter[str] = Counter()

# Left out of `make quick`: they start processes, load torch, read whole datasets, or kill and damage things.
SLOW = (
    "tests/benchmarks/phantom/",
    "tests/benchmarks/test_audits.py",
    "tests/benchmarks/test_chestxray14.py",
    "tests/benchmarks/test_ham10000.py",
    "tests/benchmarks/test_medmnist.py",
    "tests/benchmarks/test_medxpertqa.py",
    "tests/benchmarks/test_slake.py",
    "tests/cli/",
    "tests/exporters/test_every_eval_ever.py",
    "tests/exporters/test_exporting.py",
    "tests/exporters/test_inspect_log.py",
    "tests/images/test_dicom.py",
    "tests/models/",
    "tests/splits/",
    "tests/workflows/grids/",
    "tests/workflows/test_splitting.py",
    "tests/workflows/test_embedding.py",
    "tests/workflows/test_run_parts.py",
    "tests/workflows/test_validating.py",
    "tests/workflows/test_auditing.py",
    "tests/workflows/test_checks.py",
    "tests/workflows/test_comparing.py",
    "tests/workflows/test_describing_models.py",
    "tests/workflows/test_describing.py",
    "tests/workflows/test_fairness.py",
    "tests/workflows/test_imports.py",
    "tests/workflows/test_inspect_tasks.py",
    "tests/workflows/test_permission.py",
    "tests/workflows/test_judging.py",
    "tests/workflows/test_labelling.py",
    "tests/workflows/test_preparing.py",
    "tests/workflows/suites/",
    "tests/workflows/test_served_cards.py",
    "tests/workflows/test_serving.py",
    "tests/engine/test_kills.py",
    "tests/metrics/test_overlap.py",
    "tests/metrics/test_fairmedfm.py",
    "tests/statistics/fairness/",
    "tests/test_demo_training.py",
    "tests/test_tutorials.py",
    "tests/view/",
    "tests/test_lock.py",
    "tests/test_store.py",
    "tests/text/test_text.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whole files as slow."""
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect why tests were skipped, also those of other workers."""
    if report.skipped and isinstance(report.longrepr, tuple):
        _skips[report.longrepr[2].removeprefix("Skipped: ")] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the skips by reason."""
    if collect_ignore:
        terminalreporter.write_line("left out: tests/models (torch is not installed)")
    for reason, count in _skips.most_common():
        mark = "" if _allowed(reason) else "  (NOT ON THE LIST in tests/conftest.py)"
        terminalreporter.write_line(f"skipped {count}: {reason}{mark}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skip that nobody agreed to is a failure."""
    if os.environ.get("CI") and any(not _allowed(reason) for reason in _skips):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _allowed(reason: str) -> bool:
    return any(reason.startswith(known) for known in ALLOWED_SKIPS)
