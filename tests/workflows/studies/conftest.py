"""A small study whose models are scripts: 80 rows to choose on and 100 locked ones, of made-up patients."""

from __future__ import annotations

from pathlib import Path

import pytest

from medassay.workflows import studies
from medassay.workflows.studies.report import report
from medassay.workflows.studies.steps import Asking

BENCHMARK = """
import base64
import io
from collections.abc import Iterator

from PIL import Image as Picture

from medassay.metrics.answers import score
from medassay.prompts import plain
from medassay.types import Benchmark, Choice, Image, Measure, Sample, Target, Where


def picture(number: int) -> str:
    held = io.BytesIO()
    Picture.new("RGB", (1, 1), (number % 256, number // 256, 7)).save(held, "PNG")
    return "inline:" + base64.b64encode(held.getvalue()).decode()


def load(where: Where) -> Iterator[Sample]:
    first, count = (0, 100) if where.split == "test" else (1000, 80)
    for number in range(first, first + count):
        yield Sample(
            id=f"scan-{number}",
            kind="label",
            question="Is there glaucoma?",
            target=Target(texts=("glaucoma" if number % 5 < 2 else "normal",)),
            choices=(Choice(label="normal"), Choice(label="glaucoma")),
            images=(Image(uri=picture(number)),),
            cluster=f"patient {number // 2}",
            tags={"site": "A" if number % 3 else "B", "eye": "left" if number % 10 else "right"},
        )


BENCHMARK = Benchmark(
    name="eyes",
    version=1,
    title="Eyes",
    task="diagnosis",
    modality="fundus",
    source="generated",
    revision="generated",
    licence="CC0-1.0",
    access="open",
    citation="nobody",
    primary="auroc",
    measures=(Measure(metric="auroc"),),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    splits=("test", "validation"),
)
"""

MODELS = """
import hashlib

from medassay.models.fakes import Scripted
from medassay.types import Response


def scripted(name, noise):
    def say(request):
        digest = request.images[0].digest
        draw = int(hashlib.sha256((name + digest).encode()).hexdigest(), 16) % 1000 / 1000
        ill = LABELS[digest]
        if draw < 0.02:
            return Response(text="")
        value = min(0.99, max(0.01, (0.7 if ill else 0.3) + (draw - 0.5) * noise))
        return Response(probs=(1 - value, value))

    return Scripted(say, name=name, wants_pixels=False)


def labels():
    from medassay.images import resolve
    from medassay.types import Where
    import importlib.util
    spec = importlib.util.spec_from_file_location("eyes", PLACE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    held = {}
    for split in ("test", "validation"):
        for sample in module.load(Where(root=None, split=split, variant=None)):
            held[resolve(sample.images[0]).digest] = sample.target.texts[0] == "glaucoma"
    return held


LABELS = labels()
sharp = scripted("sharp", 0.7)
blunt = scripted("blunt", 2.2)
"""

PLAN = """kind: study
schema: 1
title: Glaucoma on made-up eyes
intended_use: To test medassay.
population: Nobody.
reference_standard: The number of the scan.
benchmark: {benchmark}
where: {{eye: left}}
target: glaucoma
index_test:
  model: study_models:sharp
  threshold: {{rule: sensitivity, at_least: 0.9}}
comparator: {{model: study_models:blunt}}
prevalence: {{value: 0.04, why: made up}}
primary: {{measure: auroc, non_inferior_by: 0.05, why: for the test}}
secondary: [sensitivity, specificity]
subgroups: [site]
sample_size: {{rows: 95, why: for the test}}
limits: [The images are one pixel wide.]
signatures: [Statistician]
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the plan, its benchmark and its models, in which locks are looked for."""
    benchmark = tmp_path / "eyes.py"
    benchmark.write_text(BENCHMARK, "utf-8")
    (tmp_path / "study_models.py").write_text(f"PLACE = {str(benchmark)!r}\n{MODELS}", "utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN.format(benchmark=benchmark), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "study_models", raising=False)
    monkeypatch.setenv("MEDASSAY_LOCKS", str(tmp_path / "locks"))
    monkeypatch.setenv("MEDASSAY_STORE", str(tmp_path / "answers.db"))
    return tmp_path


@pytest.fixture
def looked(place: Path) -> Path:
    """A study whose locked part was looked at once."""
    folder = place / "study"
    studies.lock(place / "plan.yaml", out=folder, who="A. Author")
    studies.choose(folder, who="A. Author")
    studies.look(folder, why="the planned analysis", who="A. Author", asking=Asking())
    return folder


@pytest.fixture
def sealed(looked: Path) -> Path:
    """The same with its report."""
    report(looked, who="A. Author")
    return looked
