"""CheXpert: the mean AUROC of the five labels of its competition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medassay.metrics import METRICS
from medassay.protocols.protocol import Bugs, Rules
from medassay.types import Benchmark, Columns, Measure, Row

FIVE = frozenset({"Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Pleural Effusion"})
_ALL = METRICS["auroc_multilabel"]


def rules(benchmark: Benchmark, _bugs: Bugs) -> Rules:
    """Our own reading; five of the labels count, in rows that are asked for all of them."""
    return Rules(
        scorer=benchmark.scorer,
        measures=(Measure(metric=FIVE_AUROC),),
        primary=FIVE_AUROC.name,
        prompt=benchmark.prompt,
        takes=lambda sample: sample.kind == "multilabel",
        subset="images with labels" if len(benchmark.kinds) > 1 else "",
        note="probabilities alone are ranked; the words to ask in are ours",
    )


def five(row: Row) -> Row:
    """The row with the five labels alone, and their probabilities."""
    places = [place for place, choice in enumerate(row.sample.choices) if choice.label in FIVE]
    probs = row.response.probs
    return replace(
        row,
        sample=replace(row.sample, choices=tuple(row.sample.choices[place] for place in places)),
        response=replace(
            row.response, probs=None if probs is None else tuple(probs[place] for place in places)
        ),
    )


def _columns(rows: Sequence[Row]) -> Columns:
    return _ALL.columns([five(row) for row in rows])


FIVE_AUROC = replace(
    _ALL,
    name="auroc_five",
    columns=_columns,
    definition="mean AUROC over Atelectasis, Cardiomegaly, Consolidation, Edema and Pleural Effusion, each "
    "over the rows where it is known",
    source="Irvin et al., CheXpert, AAAI 2019",
    checked="scikit-learn on random probabilities",
)
"""The headline of the competition."""
