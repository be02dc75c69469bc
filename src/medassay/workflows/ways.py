"""Ways of asking one model, compared on the same rows with what they take; and the controls of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medassay import registry
from medassay.errors import UsageError
from medassay.reporting import arrange
from medassay.reporting.cost import degenerate
from medassay.reporting.ways import Line
from medassay.solvers import CONTROLS
from medassay.statistics import Comparison
from medassay.workflows.comparing import Question, compare_pairs, differences
from medassay.workflows.named import ModelLike, resolve_model
from medassay.workflows.results import JSON_SCHEMA_VERSION, Run, headline, load_run, name_of
from medassay.workflows.running import run
from medassay.workflows.sides import Side
from medassay.workflows.solving import briefly

_MAY_DIFFER = {"solver", "solver_uses"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Runs of one model that differ in how it was asked; the first is what the others are held to."""

    runs: Sequence[Run]
    metric: str
    lines: Sequence[Line]

    @property
    def title(self) -> str:
        """What was asked of whom, and what is counted."""
        return f"{name_of(self.runs[0])} on {self.runs[0].benchmark.title}, {self.metric}"

    @property
    def complete(self) -> bool:
        """Whether every request of every run was answered."""
        return all(one.complete for one in self.runs)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "schema_version": JSON_SCHEMA_VERSION,
            "model": name_of(self.runs[0]),
            "benchmark": self.runs[0].benchmark.name,
            "metric": self.metric,
            "ways": [
                {**asdict(line), "run": str(one.path)}
                for line, one in zip(self.lines, self.runs, strict=True)
            ],
        }


def ways(runs: Sequence[Run | str | Path]) -> Ways:
    """Hold ways of asking a model to the first of them. All differences are judged together.

    Args:
        runs: two or more, of one model on the same rows.

    Raises:
        UsageError: there is one run only, one has not ended, or they differ in more than the way of asking.
    """
    held = [one if isinstance(one, Run) else load_run(one) for one in runs]
    if len(held) < 2:
        raise UsageError("give two runs of one model or more: the first is what the others are held to")
    first, *others = held
    for other in others:
        require_alike(first, other)
    sides = [Side(name=way_of(one), runs=(one,)) for one in held]
    pairs = [(sides[0], side) if _is_control(side.name) else (side, sides[0]) for side in sides[1:]]
    results = [compared.result for compared in compare_pairs(pairs, Question())]
    lines = [_line(first), *(_line(one, result) for one, result in zip(others, results, strict=True))]
    return Ways(runs=held, metric=results[0].metric, lines=lines)


def run_with_controls(
    *,
    model: ModelLike,
    solver: str = "direct",
    prompts: int = 1,
    budget: float | None = None,
    replicas: int | None = None,
    gpus_per_replica: float | None = None,
    **options: Any,
) -> Ways:
    """A run, and beside it the three that show no picture, an empty one and another patient's.

    The controls lie in the folder `controls` of the run. A model is loaded once, unless it is copied.

    Args:
        model: as in `run`.
        solver: "direct": a control changes the picture of a single call, and nothing else.
        prompts: 1: all are asked in the same words.
        budget: as in `run`, for all four together.
        replicas: as in `run`.
        gpus_per_replica: as in `run`.
        **options: as in `run`.

    Raises:
        UsageError: another way of asking, or several wordings.
        MedassayError: as in `run`.
    """
    if solver != "direct" or prompts != 1:
        raise UsageError("the controls are of single calls in one wording: leave out --solver and --prompts")
    copies: dict[str, Any] = {"replicas": replicas, "gpus_per_replica": gpus_per_replica}
    asked = model if replicas else resolve_model(model, budget=budget)
    first = run(model=asked, **copies, **options)
    folder = (first.path or Path()) / "controls"
    others = [
        run(model=asked, solver=name, **copies, **{**options, "out": folder / name}) for name in CONTROLS
    ]
    return ways([first, *others])


def way_of(one: Run) -> str:
    """The word of the way of asking, without what is as it usually is."""
    return briefly(one.manifest["protocol"]["solver"])


def _is_control(word: str) -> bool:
    return registry.parse(word).name in CONTROLS


def require_alike(first: Run, other: Run) -> None:
    """Refuse runs that differ in more than how a model was asked, or do not say what they took.

    Raises:
        UsageError: says in what they differ.
    """
    for one in (first, other):
        if "cost" not in one.manifest:
            raise UsageError(f"{one.path} does not say what it took: give `medassay report {one.path}` first")
    apart = [part for part in differences(first, other) if part not in _MAY_DIFFER]
    models = [one.manifest["model"]["fingerprint"] for one in (first, other)]
    apart += ["model"] if models[0] != models[1] else []
    if apart:
        raise UsageError(
            f"{first.path} and {other.path} differ in {', '.join(apart)}: see `medassay compare`"
        )


def _line(one: Run, result: Comparison | None = None) -> Line:
    estimate, cost = arrange.headline(headline(one)), one.manifest["cost"]
    if estimate is None:
        raise UsageError(f"{one.path} has no estimate")
    taken, control = cost["per_sample"], _is_control(way_of(one))
    return Line(
        way=way_of(one),
        control=control,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        calls=taken["calls"]["mean"],
        input_tokens=taken["input_tokens"]["mean"],
        output_tokens=taken["output_tokens"]["mean"],
        broke=cost["fallbacks"] / one.manifest["n"],
        degenerate=degenerate(cost),
        difference=result.difference if result else None,
        difference_low=result.low if result else None,
        difference_high=result.high if result else None,
        p=result.p if result else None,
    )
