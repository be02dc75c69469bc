"""Runs of a small made-up benchmark: answers right, wrong, unparsed, refused and missing, scored for real."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from medassay.workflows.results import Run, load_run
from medassay.workflows.scoring import score

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

Made = Callable[..., Run]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Scores answers: `made("name", wrong=20)` has 20 wrong of 60, then one unparsed, one refused."""
    place = tmp_path_factory.mktemp("runs")
    known: dict[tuple[object, ...], Run] = {}

    def build(
        name: str,
        *,
        wrong: int = 20,
        missing: int = 0,
        may_leave: bool = True,
        said: Mapping[str, str] = MappingProxyType({}),
        protocol: str = "strict",
    ) -> Run:
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


@pytest.fixture
def fixtures() -> Path:
    """The folder of fixtures."""
    return Path(__file__).parents[1] / "fixtures"
