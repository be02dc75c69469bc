"""Our engine beside those of inspect and lm-eval: seconds per sample with a model that answers at once.

python benchmarks/peers.py [--samples 2000] [--json FILE]

Each engine asks a mock model of its own the same questions (phantom's, as text), judges the same answers
and writes what it writes by default; what is measured is all but the model, with the import and one warm run
left out. A peer that is not installed is said to be absent. See benchmarks/peers.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import medassay
from medassay.types import Row

ROUNDS = 3


def main() -> None:
    """Print seconds per sample, and ratios to ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    questions = [f"Is {number} even? Answer yes or no." for number in range(asked.samples)]
    engines: dict[str, Callable[[list[str]], int]] = {
        "medassay": ours,
        "medassay, no rows file": in_memory,
        "inspect_ai": inspect,
        "lm_eval": lm_eval,
    }
    found = {}
    for name, engine in engines.items():
        try:
            installed = medassay.__version__ if name.startswith("medassay") else version(name)
        except PackageNotFoundError:
            print(f"{name}: absent (pip install {name})")
            continue
        engine(questions[:50])
        seconds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            assert engine(questions) == (len(questions) + 1) // 2, f"{name} judged otherwise"
            seconds.append(time.perf_counter() - started)
        found[name] = {"version": installed, "ms": 1000 * min(seconds) / len(questions)}
    for name, held in found.items():
        beside = found[
            "medassay, no rows file" if name == "lm_eval" else "medassay"
        ]  # lm-eval writes none here
        ratio = held["ms"] / beside["ms"]
        print(f"{name} {held['version']}: {held['ms']:.3f} ms a sample, {ratio:.1f} times ours")
    print(f"{asked.samples:,} samples, best of {ROUNDS}; {platform.machine()}, {os.cpu_count()} cores")
    if asked.json:
        asked.json.write_text(json.dumps(found))


def ours(questions: list[str]) -> int:
    """Asked, committed to a store, judged, written as rows and read again; how many are right."""
    from medassay.rows import read_rows, write_rows

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "rows.parquet"
        write_rows(path, asked(questions, Path(place)))
        return right(read_rows(path))


def in_memory(questions: list[str]) -> int:
    """The same without a file of rows, as lm-eval leaves its results."""
    with tempfile.TemporaryDirectory() as place:
        return right(asked(questions, Path(place)))


def asked(questions: list[str], place: Path) -> Iterator[Row]:
    """The rows as they come; each answer is on the disk before."""
    from medassay.engine import evaluate
    from medassay.metrics.answers import score
    from medassay.models.fakes import Constant
    from medassay.prompts import brief
    from medassay.store import Store
    from medassay.types import Sample, Target

    targets = [Target(texts=(word,)) for word in ("yes", "no")]
    samples = [
        Sample(id=str(n), kind="yes/no", question=question, target=targets[n % 2], images=())
        for n, question in enumerate(questions)
    ]
    with Store(place / "responses.db") as store:
        yield from evaluate(samples, Constant("yes"), store, prompt=brief, scorer=score)


def right(rows: Iterable[Row]) -> int:
    """How many rows are right."""
    return sum(row.score.values["accuracy"] == 1 for row in rows)


def inspect(questions: list[str]) -> int:
    """inspect's eval with mockllm, its log written as it is by default."""
    from inspect_ai import Task
    from inspect_ai import eval as run
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import match
    from inspect_ai.solver import generate

    held = [Sample(input=q, target="no" if n % 2 else "yes") for n, q in enumerate(questions)]
    outputs = [ModelOutput.from_content("mockllm/model", "yes") for _ in held]
    for output in outputs:  # stated, or inspect counts tokens with a table from the network
        output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
    task = Task(dataset=MemoryDataset(held), solver=generate(), scorer=match())
    with tempfile.TemporaryDirectory() as place:
        model = get_model("mockllm/model", custom_outputs=outputs, memoize=False)
        (log,) = run(task, model=model, log_dir=place, display="none", max_connections=100)
    assert log.results is not None, log.error and log.error.message
    return round(log.results.scores[0].metrics["accuracy"].value * len(questions))


def lm_eval(questions: list[str]) -> int:
    """lm-eval's evaluate with a model that says yes; its results stay in memory."""
    import datasets
    import lm_eval as harness
    from lm_eval.api.model import LM
    from lm_eval.api.task import ConfigurableTask

    class Yes(LM):  # type: ignore[misc]
        def generate_until(self, requests: list[Any], **_: Any) -> list[str]:
            return ["yes"] * len(requests)

        def loglikelihood(self, requests: list[Any], **_: Any) -> Any:
            raise NotImplementedError

        def loglikelihood_rolling(self, requests: list[Any], **_: Any) -> Any:
            raise NotImplementedError

    lines = [{"q": q, "a": "no" if n % 2 else "yes"} for n, q in enumerate(questions)]
    held = datasets.Dataset.from_list(lines)
    task = ConfigurableTask(
        config={
            "task": "evens",
            "custom_dataset": lambda **_: {"test": held},
            "test_split": "test",
            "output_type": "generate_until",
            "doc_to_text": "{{q}}",
            "doc_to_target": "{{a}}",
            "generation_kwargs": {"until": ["\n"]},
            "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
        }
    )
    told = harness.evaluate(lm=Yes(), task_dict={"evens": task}, log_samples=True, bootstrap_iters=0)
    return round(told["results"]["evens"]["exact_match,none"] * len(questions))


if __name__ == "__main__":
    main()
