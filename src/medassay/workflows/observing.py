"""Scores of models on benchmarks as group claims take them, from published tables and from runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medassay import registry
from medassay.errors import UsageError
from medassay.published import Cell, read_cells, shipped
from medassay.published.declared import Relations, card_names, read_relations, shipped_relations
from medassay.statistics.intervals import student_quantile
from medassay.types import Estimate, ModelCard, Style
from medassay.workflows.exposing import exposed
from medassay.workflows.results import Run, load_run, name_of

IN_DOMAIN, OUT_OF_DOMAIN = "in-domain", "out-of-domain"
_RELATION = {"itself": IN_DOMAIN, "shared images": IN_DOMAIN, "none listed": OUT_OF_DOMAIN}
_SIZE = re.compile(r"([\d.]+) ([MB])\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A score of a model on a benchmark. `part` is a setting of a table, or a slice of a run ("": headline).

    `variance` is that of the score's own error, None where nothing tells. `relation` is the model's to the
    benchmark, "" where none is declared. `protocol` is empty for tables.
    """

    source: str
    table: str
    model: str
    group: str
    benchmark: str
    part: str
    metric: str
    value: float
    variance: float | None
    card: ModelCard | None
    relation: str
    complete: bool = True
    protocol: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> float | None:
        """All parameters of the model, None where its card does not tell."""
        found = _SIZE.match(self.card.parameters) if self.card else None
        return float(found[1]) * {"M": 1e6, "B": 1e9}[found[2]] if found else None


def of_tables(path: Path | None, relations: Path | None) -> list[Observation]:
    """The cells of a CSV like `medassay audit published` takes, or of the tables that ship.

    Raises:
        DataError: a file is missing or not of its shape.
    """
    cells = read_cells(path) if path else shipped()
    declared = read_relations(relations) if relations else shipped_relations() if path is None else {}
    names = card_names()
    cards = {model: _card(names.get(model, model)) for model in {cell.model for cell in cells}}
    return [_of_cell(cell, cards[cell.model], declared) for cell in cells]


def of_runs(
    folders: Sequence[Path], *, metric: str | None, relations: Path | None, sliced: bool
) -> list[Observation]:
    """The estimates of runs: of their headline metric, or of another; of every slice if `sliced`.

    A relation that no file declares follows from the cards: in-domain where a training set of the model, or
    of a base of it, is the benchmark or shares images with it; out-of-domain where all are listed and none
    does.

    Raises:
        DataError: a folder is no run, or a file of relations is not of its shape.
        UsageError: a run has no such metric.
    """
    declared = read_relations(relations) if relations else {}
    found = [list(_of_run(load_run(folder), metric, declared)) for folder in folders]
    return [one for of in found for one in (of if sliced else [replace(of[0], part="")])]


def _of_cell(cell: Cell, card: ModelCard | None, declared: Relations) -> Observation:
    return Observation(
        source=cell.source,
        table=cell.table,
        model=cell.model,
        group=cell.group,
        benchmark=cell.benchmark,
        part=cell.part,
        metric=cell.metric,
        value=cell.value,
        variance=_variance_of(cell),
        card=card,
        relation=declared.get((cell.model, cell.benchmark), ""),
    )


def _variance_of(cell: Cell) -> float | None:
    """From the 95 % interval; else, for a share of right answers, from n as if they were independent."""
    if cell.low is not None and cell.high is not None:
        return ((cell.high - cell.low) / (2 * student_quantile(float("inf")))) ** 2
    if cell.n and cell.metric.startswith("accuracy"):
        return cell.value * (1 - cell.value) / cell.n
    return None


def _of_run(run: Run, metric: str | None, declared: Relations) -> Iterator[Observation]:
    wanted = metric or run.estimates[0].metric
    held = [estimate for estimate in run.estimates if estimate.metric == wanted]
    if not held:
        known = ", ".join(dict.fromkeys(estimate.metric for estimate in run.estimates))
        raise UsageError(f"--metric {wanted}: {run.path} has {known}")
    model = run.manifest["model"]
    card = _recorded(model["card"]) if model.get("card") else _card(model["name"])
    asked: dict[str, Any] = run.manifest["protocol"]["benchmark"]
    benchmark = asked["name"] + (f"@{asked['variant']}" if asked.get("variant") else "")
    by_cards = _RELATION.get(exposed(card, run.benchmark).level, "")
    for estimate in held:
        yield Observation(
            source="runs",
            table="",
            model=name_of(run),
            group=card.domain if card else "",
            benchmark=benchmark,
            part=estimate.slice,
            metric=estimate.metric,
            value=estimate.value,
            variance=_variance(estimate),
            card=card,
            relation=declared.get((name_of(run), benchmark), by_cards),
            complete=run.complete,
            protocol=run.manifest["protocol"],
        )


def _variance(estimate: Estimate) -> float | None:
    if estimate.se is not None:
        return estimate.se**2
    if estimate.low is None or estimate.high is None:
        return None
    return ((estimate.high - estimate.low) / (2 * student_quantile(float("inf")))) ** 2


def _recorded(card: Mapping[str, Any]) -> ModelCard:
    """The card as the run recorded it: that of an adapted model stands in no registry."""
    held: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in card.items()}
    return ModelCard(**{**held, "style": Style()})


def _card(name: str) -> ModelCard | None:
    return registry.find("model", name) if name in registry.names("model") else None
