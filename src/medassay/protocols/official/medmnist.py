"""MedMNIST: accuracy and AUC of probabilities, as its evaluator computes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medassay.protocols.protocol import Bugs, Rules
from medassay.types import Benchmark, Measure, Response, Sample, Score

SETS = (
    *("bloodmnist", "breastmnist", "chestmnist", "dermamnist", "octmnist", "organamnist", "organcmnist"),
    *("organsmnist", "pathmnist", "pneumoniamnist", "retinamnist", "tissuemnist"),
)
"""The sets of two dimensions."""
_THRESHOLD = 0.5  # a class of a binary set, and a label, is present above it, not at it


def rules(benchmark: Benchmark, _bugs: Bugs) -> Rules:
    """AUC first; several labels: the mean over labels of the accuracy of each."""
    several = benchmark.kinds == ("multilabel",)
    area = "auroc_multilabel" if several else "auroc"
    return Rules(
        scorer=_score,
        measures=(Measure(metric=area), Measure(metric="accuracy")),
        primary=area,
        note="it takes probabilities alone: an answer in words is unparsed, and wrong; the evaluator stops "
        "where the part lacks a class, which is left out here",
    )


def _score(sample: Sample, response: Response) -> Score:
    if response.error is not None:
        return Score(status="failed", rule="error")
    if response.probs is None:
        return Score(status="unparsed", rule="no probabilities")
    names = [choice.label for choice in sample.choices]
    found, value = _judge(names, response.probs, sample)
    return Score(status="scored", answer=", ".join(found), rule="medmnist", values={"accuracy": value})


def _judge(names: Sequence[str], probs: Sequence[float], sample: Sample) -> tuple[list[str], float]:
    right = set(sample.target.texts)
    if sample.kind == "multilabel":
        said: Mapping[str, bool] = {name: p > _THRESHOLD for name, p in zip(names, probs, strict=True)}
        agreed = sum(there == (name in right) for name, there in said.items())
        return [name for name, there in said.items() if there], agreed / len(names)
    if len(names) == 2:
        found = names[probs[1] > _THRESHOLD]
    else:
        found = names[max(range(len(names)), key=probs.__getitem__)]  # the first of equal ones
    return [found], float(found in right)
