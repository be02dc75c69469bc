"""What there is, as tables and cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medassay import registry
from medassay.errors import DataError, UnknownName
from medassay.judges.rubric import WORDED, Rubric
from medassay.protocols import Protocol
from medassay.registry import Thing
from medassay.types import Benchmark, Message, Metric, ModelCard, Response, Sample, Style
from medassay.workflows import describing_models
from medassay.workflows.resolve import Task, find_benchmark, needs_files, resolve_benchmark
from medassay.workflows.solving import resolve_solver

if TYPE_CHECKING:
    from rich.console import RenderableType

_KINDS: dict[str, Thing] = {
    "benchmarks": "benchmark",
    "models": "model",
    "solvers": "solver",
    "metrics": "metric",
    "protocols": "protocol",
    "rubrics": "rubric",
    "recipes": "recipe",
    "rewards": "reward",
}


def tables(what: str | None = None) -> list[RenderableType]:
    """One table for each kind of things, or for the one asked for."""
    return [_TABLES[kind](_KINDS[kind]) for kind in ([what] if what else _KINDS)]


def show(name: str, *, data: str | None = None) -> RenderableType:
    """The card of a benchmark, model, protocol, metric or rubric; of a benchmark also one sample on its way.

    Raises:
        UnknownName: nothing is called so.
    """
    from rich.console import Group

    word = registry.parse(name)
    if word.name in registry.names("benchmark") or Path(word.name).suffix.lower() in registry.FILES:
        task, why = _task(name, data)
        return Group(_fields(find_benchmark(word.name)), *_journey(task, why))
    if word.name in registry.names("model"):
        return _model(registry.find("model", word.name))
    described: tuple[Thing, ...] = ("protocol", "metric", "rubric")
    for kind in described:
        if word.name in registry.names(kind):
            return _fields(registry.find(kind, word.name))
    kinds: tuple[Thing, ...] = ("benchmark", "model", *described)
    raise UnknownName("benchmark", word.name, [name for kind in kinds for name in registry.names(kind)])


def _task(name: str, data: str | None) -> tuple[Task | None, str]:
    try:
        task = resolve_benchmark(name, data=data, fetch=False)
    except DataError as error:
        return None, str(error)
    missing = task.where.root is None and needs_files(task.benchmark)
    return (None, "Name the folder with its files to see a sample: --data DIR") if missing else (task, "")


def _journey(task: Task | None, why: str) -> list[RenderableType]:
    """One sample through all arrows, answered right and answered badly."""
    from rich.text import Text

    if task is None:
        return [Text(f"\n{why}")]
    sample = next(iter(task.samples()), None)
    if sample is None:
        return [Text("\nThe split is empty.")]
    request = task.benchmark.prompt(sample.case)
    lines: list[tuple[str, Any]] = [
        ("Sample", f"{sample.id}  ({sample.kind}, cluster {sample.cluster})"),
        ("", f"tags {dict(sample.tags)}"),
        ("Request", "\n".join(_message(m) for m in request.messages)),
        ("Target", _target(sample)),
    ]
    for title, response in (("Right answer", _gold(sample)), ("No answer", Response(text=""))):
        score = task.benchmark.scorer(sample, response)
        lines.append(
            (title, f"{response.text!r} -> {score.status}, rule {score.rule or '-'}, {dict(score.values)}")
        )
    return [Text("\nOne sample on its way", style="bold"), _pairs(lines)]


def _message(message: Message) -> str:
    parts = [part if isinstance(part, str) else f"[image {part.uri}]" for part in message.parts]
    return f"{message.role}: " + "\n".join(parts)


def _target(sample: Sample) -> str:
    target = sample.target
    if target.boxes:
        return ", ".join(f"[{b.x0:g}, {b.y0:g}, {b.x1:g}, {b.y1:g}] {b.label}".strip() for b in target.boxes)
    return (
        f"{target.number:g} {target.unit}".strip() if target.number is not None else " | ".join(target.texts)
    )


def _gold(sample: Sample) -> Response:
    from medassay.contracts import gold_answer

    return Response(text=gold_answer(sample))


def _fields(card: Any) -> RenderableType:
    """What a card says, without its functions."""
    shown = [(f.name, getattr(card, f.name)) for f in fields(card) if not callable(getattr(card, f.name))]
    return _pairs((name.replace("_", " "), _said(name, value)) for name, value in shown)


def _model(card: ModelCard) -> RenderableType:
    """The card, its style line by line, and which benchmarks its training touches."""
    from rich.console import Group

    shown = {f.name: getattr(card, f.name) for f in fields(card) if f.name != "style"}
    shown["revision"] = describing_models.revision(card)
    lines = [(name.replace("_", " "), _said(name, value)) for name, value in shown.items()]
    seen = describing_models.seen(card) or [("", "no benchmark that is known to be among its training sets")]
    return Group(
        _pairs(lines),
        *_titled("How it is asked", describing_models.manner(card.style)),
        *_titled("Benchmarks it was trained on", seen),
    )


def _titled(title: str, lines: Iterable[tuple[str, Any]]) -> list[RenderableType]:
    from rich.text import Text

    return [Text(f"\n{title}", style="bold"), _pairs(lines)]


def _said(name: str, value: Any) -> str:
    if value is None:
        return "unpinned: locked at the first download" if name == "revision" else "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Style):
        return ", ".join(f"{f.name}={getattr(value, f.name)!r}" for f in fields(value))
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, dict):
        return ", ".join(f"{k}: {v}" for k, v in value.items()) or "-"
    if isinstance(value, tuple):
        return ", ".join(_measure(v) for v in value) or "-"
    return str(value) or "-"


def _measure(value: Any) -> str:
    metric = getattr(value, "metric", None)
    if metric is None:
        return str(value)
    name = metric.name if isinstance(metric, Metric) else metric
    where = "".join(f" where {k}={v}" for k, v in value.where.items())
    return name + where + (f" by {'/'.join(value.by)}" if value.by else "")


def _pairs(lines: Iterable[tuple[str, Any]]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in lines:
        table.add_row(name, Text(str(value)))
    return table


def _benchmarks(kind: Thing) -> RenderableType:
    """A line each, under what it asks for; what does not fit is cut, `medassay show NAME` has it whole."""
    from rich.table import Table
    from rich.text import Text

    tasks: dict[str, list[Benchmark]] = {}
    for name in registry.names(kind):
        card: Benchmark = registry.find(kind, name)
        tasks.setdefault(card.task, []).append(card)
    table = Table(box=None, pad_edge=False, expand=True, title="Benchmarks", title_justify="left")
    table.add_column("name", no_wrap=True, width=25)
    table.add_column("modality", no_wrap=True, overflow="ellipsis", ratio=3)
    table.add_column("items", no_wrap=True, justify="right", width=8)
    table.add_column("licence", no_wrap=True, overflow="ellipsis", width=15)
    table.add_column("access", no_wrap=True, width=12)
    for task in sorted(tasks):
        table.add_row("")
        table.add_row(Text(task[:25], style="bold"))
        for card in tasks[task]:
            table.add_row(card.name, card.modality, size(card), card.licence, card.access)
    table.caption = "? nobody has confirmed the number. `medassay show NAME` prints a card whole."
    table.caption_justify = "left"
    return table


def size(card: Benchmark) -> str:
    """How many samples the default part has, with a question mark where nobody has confirmed it."""
    keys = [key for key in card.counts if key.rpartition("/")[2] == card.splits[0]]
    if not keys:
        return ""
    unsure = {"counts", f"counts:{keys[0]}"} & set(card.unverified)
    return f"{card.counts[keys[0]]:,}{' ?' if unsure else ''}"


def _models(_kind: Thing) -> RenderableType:
    return describing_models.table()


def _solvers(kind: Thing) -> RenderableType:
    rows = []
    for name in registry.names(kind):
        options = resolve_solver(name).word.removeprefix(name).lstrip(":").replace(",", ", ")
        rows.append((name, options, _first_line(registry.find(kind, name))))
    return _listing("Solvers", ("name", "options", "what it does"), rows)


def _rewards(kind: Thing) -> RenderableType:
    rows = [(name, _first_line(registry.find(kind, name))) for name in registry.names(kind)]
    return _listing("Rewards of grpo", ("name", "what it rewards"), rows)


def _metrics(kind: Thing) -> RenderableType:
    rows = []
    for name in registry.names(kind):
        metric: Metric = registry.find(kind, name)
        rows.append((name, "up" if metric.higher_is_better else "down", metric.definition))
    return _listing("Metrics", ("name", "better", "definition"), rows)


def _protocols(kind: Thing) -> RenderableType:
    held: list[Protocol] = [registry.find(kind, name) for name in registry.names(kind)]
    rows = [(p.name, p.source, f"{len(p.bugs)}" if p.bugs else "", p.definition) for p in held]
    return _listing("Protocols", ("name", "source", "bugs", "definition"), rows)


def _rubrics(kind: Thing) -> RenderableType:
    held: list[Rubric] = [registry.find(kind, name) for name in registry.names(kind)]
    rows = [
        (r.name, ", ".join(sorted(r.kinds)) if r.kinds != WORDED else "all but box", r.scale) for r in held
    ]
    return _listing("Rubrics of judges", ("name", "kinds", "scale"), rows)


def _recipes(kind: Thing) -> RenderableType:
    rows = []
    for name in registry.names(kind):
        function = registry.find(kind, name)
        rows.append((name, ", ".join(registry.options_of(function)), _first_line(function)))
    return _listing("Recipes", ("name", "options", "what is trained"), rows)


def _listing(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.caption_justify = "left"
    for index, column in enumerate(columns):
        table.add_column(column, no_wrap=index == 0, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _first_line(function: Any) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]


_TABLES = {
    "benchmarks": _benchmarks,
    "models": _models,
    "solvers": _solvers,
    "metrics": _metrics,
    "protocols": _protocols,
    "rubrics": _rubrics,
    "recipes": _recipes,
    "rewards": _rewards,
}
