"""Two runs of a small benchmark that has every sort of image and of text that a page can be shown."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

import medassay
from medassay.models.fakes import Scripted

if importlib.util.find_spec("fastapi") is None:
    collect_ignore_glob = ["test_server.py", "test_browser.py"]

HOSTILE = (
    "<script>window.taken = 1</script><img src=x onerror='window.taken = 1'>"
    "<style>body { display: none }</style>\u202e[1](javascript:taken=1) " + "long" * 20_000
)
CARD = """
from pathlib import Path
from medassay import Benchmark, Box, Choice, Image, Measure, Sample, Target
from medassay.metrics import score
from medassay.prompts import plain

ROOT = Path({root!r})
HOSTILE = {hostile!r}
EIGHT = Image(uri=str(ROOT / "eight.png"))

def load(where):
    for n in range({rows}):
        side = ("left", "right")[n % 2]
        yield Sample(
            id=f"item-{{n}}", kind="choice", question=f"Which side shows finding {{n}}?",
            choices=(Choice(label="left"), Choice(label="right")), target=Target(texts=("AB"[n % 2],)),
            images=(EIGHT,), cluster=f"patient-{{n // 2}}",
            tags={{"side": side, "ward": f"ward {{n % 3}}"}},
        )
    yield Sample(
        id="hostile", kind="open", question=HOSTILE, target=Target(texts=("<b>nothing</b>",)),
        images=(EIGHT, Image(uri=str(ROOT / "deep.png"))), tags={{"side": HOSTILE[:60]}},
    )
    yield Sample(
        id="stack", kind="yes/no", question="Is it there?", target=Target(texts=("yes",)),
        images=(Image(uri=str(ROOT / "stack.tif")),),
    )
    yield Sample(
        id="boxed", kind="box", question="Where is it?",
        images=(Image(uri=str(ROOT / "eight.png"), size=(96, 64)),),
        target=Target(boxes=(Box(x0=10, y0=8, x1=30, y1=24, label="nodule"),)),
    )
    yield Sample(id="lost", kind="yes/no", question="Is its image here?", target=Target(texts=("no",)))

BENCHMARK = Benchmark(
    name="everything", version=1, title="Everything", task="visual question answering", modality="drawn",
    source="generated", revision=None, licence="none", access="open", citation="none", primary="accuracy",
    measures=(Measure(metric="accuracy", by=("side", "ward")), Measure(metric="box_iou")), load=load,
    prompt=plain, scorer=score, cluster="patient", verified="reference only",
    kinds=("choice", "open", "yes/no", "box"), may_leave={leaves},
)
"""


def card(folder: Path, *, rows: int = 40, leaves: bool = True) -> Path:
    """The benchmark as a Python file, with its images."""
    folder.mkdir(parents=True, exist_ok=True)
    across = np.arange(96, dtype=np.uint16)[None, :].repeat(64, axis=0)
    Pictures.fromarray((across * 2).astype(np.uint8)).save(folder / "eight.png")
    Pictures.fromarray(across * 600).save(folder / "deep.png")
    pages = [Pictures.fromarray(np.full((32, 32), 80 * n, np.uint8)) for n in range(4)]
    pages[0].save(folder / "stack.tif", save_all=True, append_images=pages[1:])
    path = folder / "everything.py"
    path.write_text(CARD.format(root=str(folder), hostile=HOSTILE, rows=rows, leaves=leaves), "utf-8")
    return path


def say(*, wrong: int):
    """Right but for every `wrong`-th finding, which is answered with the other side or not at all."""

    def answer(request):
        text = request.text
        if "finding" not in text:
            return {"Where is it": "[12, 8, 30, 24]", "Is it there": "yes"}.get(text[:11], HOSTILE)
        n = int(text.split("finding ")[1].split("?")[0])
        if n % wrong == 0:
            return "I would rather say nothing of use" if n % 4 == 0 else "BA"[n % 2]
        return f"The answer is ({'AB'[n % 2]})"

    return answer


@pytest.fixture(scope="session")
def runs(tmp_path_factory) -> Path:
    """A folder with two finished runs."""
    place: Path = tmp_path_factory.mktemp("view")
    path = card(place / "data")
    for name, wrong in (("first", 5), ("second", 3)):
        model = Scripted(say(wrong=wrong), name=name)
        medassay.run(model=model, benchmark=str(path), out=place / "runs" / name, store=place / "store.db")
        _called(place / "runs" / name, name)
    return place / "runs"


def _called(folder: Path, name: str) -> None:
    """A scripted model has no name of its own; a page that shows two needs two."""
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace('"name": "Scripted"', f'"name": "{name}"'), "utf-8")


@pytest.fixture
def locked(tmp_path) -> Path:
    """A run on data that must not leave."""
    path = card(tmp_path / "data", rows=6, leaves=False)
    model = Scripted(say(wrong=2), name="m")
    out: Path = tmp_path / "run"
    medassay.run(model=model, benchmark=str(path), out=out, store=tmp_path / "s.db")
    return out
