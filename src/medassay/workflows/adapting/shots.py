"""How much a recipe learns from few examples: a learning curve over shots and seeds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medassay.adaptation.shots import few
from medassay.adaptation.texts import zero_shot
from medassay.models.adapted import respond
from medassay.models.conditional import logits_of
from medassay.models.heads import Head
from medassay.reporting.files import write_text
from medassay.reporting.learning_curve import CURVE, Point, as_markdown, as_page
from medassay.statistics import estimate_all
from medassay.statistics.repeated import Repeated, repeated
from medassay.types import Measure, Metric, Row, Sample
from medassay.workflows.adapting.folder import as_csv, write_model
from medassay.workflows.adapting.learning import Bench, learn
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.resolve import resolve_measure
from medassay.workflows.results import JSON_SCHEMA_VERSION

_MOST_VALIDATION = 4  # shots to choose on, as CoOp has it: more would be data that few shots do not have


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A recipe's points over shots, the zero-shot model first where there is one."""

    folder: Path
    recipe: str
    benchmark: str
    model: str
    points: Sequence[Point]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "schema_version": JSON_SCHEMA_VERSION,
            **{name: str(getattr(self, name)) for name in ("folder", "recipe", "benchmark", "model")},
            "points": [asdict(point) for point in self.points],
        }


def learning_curve(  # noqa: PLR0913  the options of the command, named once
    recipe: str,
    *,
    model: str,
    benchmark: str,
    shots: Sequence[int],
    seeds: int = 5,
    data: str | None = None,
    out: str | Path,
    cut: Cut | None = None,
    features: str | Path | None = None,
) -> Curve:
    """Train on k examples of each class for every k and seed, and judge each head on the whole test part.

    What is chosen on validation is chosen on min(k, 4) examples of each class. Of one seed the examples of a
    smaller k are among those of a larger one. Every head is kept in `heads/`, and loads as a model.

    Args:
        recipe: as in `adapt`.
        model: an encoder.
        benchmark: with a training part of labels that exclude each other.
        shots: the k, each at least 1.
        seeds: trainings for each k, on other draws of examples.
        data: the benchmark's folder.
        out: for `learning_curve.{csv,json,md}`, `report.html` and `heads/`.
        cut: as in `adapt`.
        features: as in `adapt`.

    Raises:
        MedassayError: see `medassay.errors`.
    """
    bench = Bench.open(model, benchmark, data=data, cut=cut or Cut(), features=features)
    folder = Path(out)
    metrics = _metrics(bench)
    judge = Judge(bench)
    points = []
    if bench.encoder.encoder.has_texts:
        untrained = zero_shot(bench.encoder.encoder, bench.train)
        points += [Point(shots=0, examples=0, result=judge.untrained(untrained, m)) for m in metrics]
    for k in sorted(set(shots)):
        heads = []
        for seed in range(seeds):
            train, chosen_on = (
                few(bench.train, k, seed),
                few(bench.validation, min(k, _MOST_VALIDATION), seed),
            )
            learned, _ = learn(recipe, bench.material(train, chosen_on, seed))
            write_model(folder / "heads" / f"{k}-shots-seed-{seed}", learned, bench.about(recipe))
            heads.append(learned.head)
        points += [_point(k, heads, judge, metric, len(train.ids)) for metric in metrics]
    curve = Curve(
        folder=folder, recipe=recipe, benchmark=bench.test.title, model=bench.named.name, points=points
    )
    write_text(folder / CURVE, json.dumps(curve.to_json(), indent=2) + "\n")
    write_text(folder / "learning_curve.csv", as_csv([_flat(point) for point in points]))
    title = f"{recipe} on {curve.model}, {curve.benchmark}"
    write_text(folder / "learning_curve.md", as_markdown(title, points))
    write_text(folder / "report.html", as_page(title, points))
    return curve


class Judge:
    """The test part, encoded once, scored by the benchmark's own scorer for any head."""

    def __init__(self, bench: Bench) -> None:
        self._benchmark, self._encoder = bench.test.benchmark, bench.encoder.encoder
        self._samples: list[Sample] = list(bench.test.samples())
        images = list(dict.fromkeys(image for sample in self._samples for image in sample.images))
        self._seen = {images[place]: vector for place, vector in bench.encoder.each(images)}
        self.seed = f"{self._benchmark.name} {self._benchmark.version}"

    def rows(self, head: Head) -> Iterator[Row]:
        """The scored rows of a head."""
        logits = logits_of(head, self._encoder)
        for sample in self._samples:
            request = self._benchmark.prompt(sample.case)
            response = respond(head, logits, request, [self._seen[image] for image in request.images])
            yield Row(sample=sample, response=response, score=self._benchmark.scorer(sample, response))

    def untrained(self, head: Head, metric: Metric) -> Repeated:
        """What a head that nobody trained is worth: its interval is of the test part alone."""
        (found,) = estimate_all(self.rows(head), (Measure(metric=metric),), {}, seed=self.seed)
        return Repeated(
            metric=metric.name,
            value=found.value,
            values=(found.value,),
            low=found.low,
            high=found.high,
            between=None,
            within=found.se or 0.0,
            n=found.n,
            n_clusters=found.n_clusters,
            note=found.note,
        )


def _point(k: int, heads: Sequence[Head], judge: Judge, metric: Metric, examples: int) -> Point:
    found = repeated([judge.rows(head) for head in heads], metric, seed=judge.seed)
    return Point(shots=k, examples=examples, result=found)


def _metrics(bench: Bench) -> list[Metric]:
    """The headline metric, and the AUROC where the benchmark has it."""
    card = bench.test.benchmark
    names = [card.primary, *(["auroc"] if card.primary != "auroc" else [])]
    measured = {m.metric if isinstance(m.metric, str) else m.metric.name for m in card.measures}
    return [resolve_measure(name, card)[0] for name in names if name in measured]


def _flat(point: Point) -> Mapping[str, Any]:
    held = asdict(point.result)
    held["values"] = " ".join(f"{value:.6g}" for value in point.result.values)
    return {"shots": point.shots, "examples": point.examples, **held}
