"""A lesson on the shipped model that is weak, in the tests of recipes that teach it."""

from __future__ import annotations

import pytest

from medassay.adaptation.generative.tuning import Tuning
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.adapting.tracking import Tracking
from medassay.workflows.adapting.tuning import Course


@pytest.fixture
def lesson_of(tmp_path):
    """`lesson_of(benchmark, recipe, only)`: what the command would hand to the recipe."""

    def made(benchmark: str, recipe: Tuning, **only: str):
        course = Course.open("demo-vlm-small", benchmark, data=None, cut=Cut(only=only), taught=recipe)
        return course.lesson(tmp_path / "training", Cut(), Tracking())

    return made
