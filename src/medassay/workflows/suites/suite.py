"""What a suite is: models by benchmarks by settings, as a file names them, and the tables made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from medassay import registry
from medassay.errors import UsageError
from medassay.workflows.running import plain

Setting = Literal["zero-shot", "linear-probe", "lora", "fine-tuned"]
Part = Literal["overall", "reasoning", "understanding"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
PARTS: tuple[Part, ...] = get_args(Part)
RECIPES: Mapping[Setting, str] = {
    "linear-probe": "linear-probe@medvlmbench",
    "lora": "img-lora-lp@medvlmbench",
}
"""By which recipe of `medassay adapt` a setting is trained."""
LACKING: Mapping[Setting, str] = {
    "fine-tuned": "needs supervised fine-tuning, which `medassay adapt` does not do yet"
}
"""Settings that no command can run yet, and why. A run of one that lies in its folder is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A model: `title` as the paper prints it, `word` as the command line takes it.

    `differs` says in what it is not the paper's, "" where nothing is known.
    """

    title: str
    word: str
    differs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A benchmark with how it is asked and judged.

    `fairness` are the tags by which people are grouped; `published` is its name in the paper's tables, where
    that is not the title.
    """

    title: str
    word: str
    split: str | None = None
    protocol: str
    solver: str = "direct"
    limit: int | None = None
    fairness: tuple[str, ...] = ()
    published: str = ""
    differs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One run: a model on a benchmark in a setting."""

    model: Contender
    benchmark: Contest
    setting: Setting

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the others."""
        return self.setting, self.benchmark.title, self.model.title

    @property
    def title(self) -> str:
        """Its name in messages."""
        return f"{self.model.title} on {self.benchmark.title}, {self.setting}"

    def folder(self, out: Path) -> Path:
        """Where its run lies: `SETTING/BENCHMARK/MODEL`, each as a plain name."""
        return out.joinpath(*(plain(part) for part in self.key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table as the paper prints it: rows are models, columns benchmarks, by their titles.

    `metric` "" is the primary one of each benchmark under its protocol; `published` names the paper's table
    among the published ones, "" where none ships.
    """

    title: str
    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    setting: Setting = "zero-shot"
    part: Part = "overall"
    metric: str = ""
    published: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A grid of runs. `paper` is its source among the published tables; `differs` holds for all cells."""

    path: Path
    name: str
    title: str
    paper: str
    differs: tuple[str, ...]
    models: Mapping[str, Contender]
    benchmarks: Mapping[str, Contest]
    tables: tuple[Layout, ...]

    def cell(self, table: Layout, model: str, benchmark: str) -> Cell:
        """The run behind a place in a table."""
        return Cell(model=self.models[model], benchmark=self.benchmarks[benchmark], setting=table.setting)

    def cells(self, models: Sequence[str] = (), benchmarks: Sequence[str] = ()) -> list[Cell]:
        """Every run that a table asks for, once, model by model.

        Args:
            models: titles or words of the models that are wanted; all if empty.
            benchmarks: the same of benchmarks.

        Raises:
            UsageError: one is not in the suite.
        """
        wanted = _wanted("model", models, self.models.values(), self.name)
        held = _wanted("benchmark", benchmarks, self.benchmarks.values(), self.name)
        found = {
            self.cell(table, model, benchmark): None
            for table in self.tables
            for model in table.models
            for benchmark in table.benchmarks
            if model in wanted and benchmark in held
        }
        order = list(self.models)
        return sorted(found, key=lambda cell: order.index(cell.model.title))

    def parted(self, cell: Cell) -> bool:
        """Whether a table shows the cell by reasoning or understanding."""
        return any(
            table.part != "overall"
            and table.setting == cell.setting
            and cell.model.title in table.models
            and cell.benchmark.title in table.benchmarks
            for table in self.tables
        )


def _wanted(
    kind: str, asked: Sequence[str], known: Iterable[Contender | Contest], suite: str
) -> Collection[str]:
    """The titles of those that are asked for by title, word or name."""
    names = {each.title: {each.title, each.word, registry.parse(each.word).name} for each in known}
    for word in asked:
        if not any(word in held for held in names.values()):
            raise UsageError(f"the suite {suite} has no {kind} {word!r}: it has {', '.join(names)}")
    return {title for title, held in names.items() if not asked or held & set(asked)}
