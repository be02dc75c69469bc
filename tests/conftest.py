"""What all tests share: where the real data lies, a quiet torch, and runs of a small made-up benchmark."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

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
    "needs Linux and a C compiler",
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
    "no TeX",
    "matplotlib absent",
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
    "tests/workflows/test_retrieval.py",
    "tests/workflows/test_solving.py",
    "tests/workflows/test_ways.py",
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
    "tests/fuzz/",
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


CARD = """
from collections.abc import Iterator

from medassay.metrics.answers import score
from medassay.prompts import brief
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def load(where: Where) -> Iterator[Sample]:
    for number in range(60):
        yield Sample(
            id=f"made-up-{number}",
            kind="yes/no" if number % 3 else "open",
            question="Is <b>finding</b> 50 % & more_{0} | shown?".replace("0", str(number)),
            target=Target(texts=("yes" if number % 2 else "no",)),
            images=(Image(uri=f"inline:{PIXEL}"),),
            cluster=f"patient {number // 2}",
            tags={"organ": "chest" if number % 4 else "head"},
        )


BENCHMARK = Benchmark(
    name="made-up",
    version=3,
    title="Made_up & 100 %",
    task="visual question answering",
    modality="radiology",
    source="hf://someone/made-up/data/{split}-*.parquet",
    revision="0" * 40,
    licence="CC0-1.0",
    access="open",
    citation="nobody",
    primary="accuracy",
    measures=(
        Measure(metric="accuracy", by=("kind", "organ")),
        Measure(metric="token_f1", where={"kind": "open"}),
    ),
    load=load,
    prompt=brief,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("yes/no", "open"),
    may_leave=MAY_LEAVE,
)
"""

Made = Callable[..., Any]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Scores answers: `made("name", wrong=20)` has 20 wrong of 60, then one unparsed, one refused."""
    place = tmp_path_factory.mktemp("runs")
    from medassay.workflows.results import load_run
    from medassay.workflows.scoring import score

    known: dict[tuple[object, ...], Any] = {}

    def build(
        name: str,
        *,
        wrong: int = 20,
        missing: int = 0,
        may_leave: bool = True,
        said: Mapping[str, str] = MappingProxyType({}),
        protocol: str = "strict",
    ) -> Any:
        key = (name, wrong, missing, may_leave, protocol, *said)
        if key not in known:
            card = place / f"card_{may_leave}.py"
            card.write_text(CARD.replace("MAY_LEAVE", str(may_leave)), "utf-8")
            answers = place / f"{len(known)}.jsonl"
            lines = [{"id": i, "response": r} for i, r in {**_answers(wrong), **said}.items()]
            answers.write_text("\n".join(map(json.dumps, lines[missing:])), "utf-8")
            out = place / str(len(known))
            score(benchmark=str(card), predictions=answers, name=name, data=place, out=out, protocol=protocol)
            known[key] = load_run(out)
        return known[key]

    return build


def _answers(wrong: int) -> Mapping[str, str]:
    right = {f"made-up-{n}": "Yes." if n % 2 else "No." for n in range(60)}
    turned = {f"made-up-{n}": "No." if n % 2 else "Yes." for n in range(wrong)}
    return {
        **right,
        **turned,
        "made-up-57": "",
        "made-up-58": "I'm sorry, but I cannot help with medical images.",
    }
