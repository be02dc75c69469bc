"""What a matrix of adaptations is: its axes, and the cell at each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from medassay.workflows.adapting.parts import Cut, Shared
from medassay.workflows.running import plain


def folder_name(title: str) -> str:
    """The title as a folder's name; without @, which in the word of a model begins a variant."""
    return plain(title).replace("@", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A benchmark as the command line names it, and the folder of its files."""

    title: str
    word: str
    data: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A benchmark that is learned from and tested on, and others with the same labels, tested on alone."""

    trial: Trial
    outside: tuple[Trial, ...] = ()

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All that are tested on, the one that is learned from first."""
        return (self.trial, *self.outside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One adaptation; `model` and `recipe` are a title and a word each."""

    model: tuple[str, str]
    recipe: tuple[str, str]
    subject: Subject
    cut: Cut

    @property
    def title(self) -> str:
        """Its name in messages."""
        part = f"{100 * self.cut.fraction:g} % of {self.subject.trial.title}"
        return f"{self.model[0]}, {self.recipe[0]}, {part}, seed {self.cut.seed}"

    @property
    def plan(self) -> Mapping[str, Any]:
        """What makes it this adaptation; where files lie does not, nor what else is tested on."""
        return {
            "model": self.model[1],
            "recipe": self.recipe[1],
            "benchmark": self.subject.trial.word,
            "fraction": self.cut.fraction,
            "seed": self.cut.seed,
            "shared": self.cut.shared,
        }

    def folder(self, out: Path) -> Path:
        """Where it lies: `cells/MODEL/RECIPE/DATASET/fraction-F/seed-S`."""
        titles = (self.model[0], self.recipe[0], self.subject.trial.title)
        names = (*map(folder_name, titles), f"fraction-{self.cut.fraction:g}", f"seed-{self.cut.seed}")
        return out.joinpath("cells", *names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The axes. `models` and `recipes` are words by title; `store` and `features` None: inside the folder."""

    path: Path
    models: Mapping[str, str]
    recipes: Mapping[str, str]
    subjects: Sequence[Subject]
    fractions: Sequence[float]
    seeds: Sequence[int]
    shared: Shared
    store: str | None = None
    features: str | None = None

    @property
    def cells(self) -> list[Cell]:
        """Every cell, model by model, the whole of the data first."""
        return [
            Cell(
                model=model,
                recipe=recipe,
                subject=subject,
                cut=Cut(shared=self.shared, fraction=fraction, seed=seed),
            )
            for model, subject, recipe, fraction, seed in product(
                self.models.items(),
                self.subjects,
                self.recipes.items(),
                sorted(self.fractions, reverse=True),
                self.seeds,
            )
        ]
