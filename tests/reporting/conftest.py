"""A small run of VQA-RAD's shape, made up row by row, with pictures that are drawn here."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import pytest

from medassay.reporting import Compared, RunRecord
from medassay.statistics.paired import Comparison
from medassay.types import (
    Benchmark,
    Box,
    Choice,
    Estimate,
    Image,
    Measure,
    Response,
    Row,
    Sample,
    Score,
    Target,
)

HOSTILE = "<script>alert('x')</script>\x00\x1b[31m\u202eright to left\ud800" + "w" * 40_000


@lru_cache
def drawn(number: int, size: tuple[int, int] = (320, 240)) -> Image:
    """A grey ramp with a bright square, in the uri itself."""
    from PIL import Image as Pillow
    from PIL import ImageDraw

    picture = Pillow.linear_gradient("L").resize(size).convert("RGB")
    ImageDraw.Draw(picture).rectangle((40 + number, 40, 120 + number, 120), fill=(230, 230, 200))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return Image(uri=f"inline:{base64.b64encode(buffer.getvalue()).decode()}")


def make_row(number: int, status: str = "scored", *, right: bool = False, **changes: Any) -> Row:
    """A row; `changes` are fields of the sample, `response` and `score` replace those."""
    gold, other = ("yes", "no") if number % 2 else ("no", "yes")
    said = gold if right else other
    text = {"scored": f"Looking at the image, the answer is {said}.", "failed": ""}.get(status, "It is hard.")
    at = text.find(f"{said}.")
    response = Response(text=text, error="time-out: no answer in 60 s" if status == "failed" else None)
    score = Score(status=status)  # type: ignore[arg-type]
    if status == "scored":
        score = Score(
            status="scored",
            answer=said,
            rule="yes/no",
            span=(at, at + len(said)),
            values={"accuracy": float(right)},
        )
    sample: dict[str, Any] = {
        "id": f"vqa-rad-{number}",
        "kind": "yes/no",
        "question": f"Is there a fracture in image {number}?",
        "target": Target(texts=(gold,)),
        "images": (drawn(number % 5),),
        "cluster": f"image-{number // 2}",
        "tags": {"organ": ("chest", "head", "abdomen")[number % 3]},
    }
    rest = {k: changes.pop(k) for k in ("response", "score") if k in changes}
    return Row(
        sample=Sample(**(sample | changes)),
        response=rest.get("response", response),
        score=rest.get("score", score),
    )


def make_estimate(
    metric: str = "accuracy", name: str = "all", value: float = 0.612, **changes: Any
) -> Estimate:
    n = changes.get("n", 451)
    base = Estimate(
        metric=metric,
        slice=name,
        value=value,
        se=0.025,
        low=value - 0.049,
        high=value + 0.048,
        method="Korn-Graubard, cluster design effect",
        n=451,
        n_clusters=203,
        counts={"scored": n - 21, "unparsed": 20, "refused": 1, "failed": 0, "truncated": 3},
        chance=0.5,
        majority=0.531,
    )
    return replace(base, **changes)


def make_benchmark(**changes: Any) -> Benchmark:
    def nothing(*_: Any, **__: Any) -> Any:
        raise AssertionError("a report neither loads nor asks nor scores")

    card: dict[str, Any] = {
        "name": "vqa-rad",
        "version": 1,
        "title": "VQA-RAD",
        "task": "visual question answering",
        "modality": "radiology",
        "source": "https://osf.io/89kps/",
        "revision": None,
        "licence": "CC0-1.0",
        "access": "open",
        "citation": "Lau et al., Scientific Data 5:180251 (2018), https://doi.org/10.1038/sdata.2018.251",
        "primary": "accuracy",
        "measures": (
            Measure(metric="accuracy", by=("answer_type", "organ")),
            Measure(metric="accuracy", where={"kind": "yes/no"}),
            Measure(metric="token_f1", where={"answer_type": "open"}, by=("organ",)),
            Measure(metric="mean_absolute_error"),
        ),
        "load": nothing,
        "prompt": nothing,
        "scorer": nothing,
        "cluster": "image",
        "verified": "real file",
    }
    return Benchmark(**(card | changes))


def make_manifest(**changes: Any) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "id": "5f0c" * 16,
        "status": "complete",
        "protocol": {
            "id": "9a1b2c3d4e5f" + "0" * 52,
            "benchmark": {
                "name": "vqa-rad",
                "version": 1,
                "variant": "mevf",
                "split": "test",
                "options": {},
                "data_sha256": "ab" * 32,
                "revision": None,
            },
            "selection": {"limit": None, "seed": 0, "n": 451, "n_clusters": 203},
            "prompt": "plain, version 1",
            "solver": "direct",
            "decoding": {"max_tokens": 256, "temperature": 0.0, "top_p": 1.0, "stop": []},
            "images": "as they are, RGB",
            "extraction": "rules, version 1",
            "scoring": "exact match, vqa-med normaliser",
        },
        "model": {
            "word": "demo-vlm",
            "name": "demo-vlm",
            "fingerprint": "c0ffee" + "1" * 58,
            "identity": {"loader": "transformers", "dtype": "float32", "weights": "ee" * 32},
            "card": None,
        },
        "environment": {
            "medassay": "0.1.0",
            "code": "0123abc",
            "python": "3.11.9",
            "platform": "Linux x86_64",
            "device": "CPU, 2 cores",
            "packages": {"torch": "2.13.0", "transformers": "5.23.0"},
            "started": "2026-11-22T18:00:12+00:00",
            "finished": "2026-11-22T18:03:40+00:00",
        },
        "seed": 0,
        "n": 451,
        "n_clusters": 203,
        "counts": {"scored": 430, "unparsed": 20, "refused": 1, "failed": 0, "truncated": 3},
        "primary": "accuracy",
    } | changes


def make_estimates() -> list[Estimate]:
    optimistic = "fewer than 20 clusters: the interval is unreliable"
    return [
        make_estimate(),
        make_estimate(name="answer_type=closed", value=0.684, n=272, n_clusters=160),
        make_estimate(
            name="answer_type=open", value=0.503, n=179, n_clusters=131, chance=None, majority=0.061
        ),
        make_estimate(name="organ=abdomen", value=0.571, n=110, n_clusters=60),
        make_estimate(name="organ=chest", value=0.640, n=190, n_clusters=90),
        make_estimate(
            name="organ=head", value=0.61, n=31, n_clusters=12, low=0.40, high=0.80, note=optimistic
        ),
        make_estimate(name="kind=yes/no", value=0.701, n=251, n_clusters=155),
        make_estimate(
            "token_f1", "answer_type=open", 0.414, n=179, n_clusters=131, chance=None, majority=None
        ),
        make_estimate(
            "token_f1", "answer_type=open, organ=chest", 0.43, n=80, n_clusters=50, chance=None, majority=None
        ),
        make_estimate(
            "mean_absolute_error", value=3.2, low=2.6, high=4.1, chance=None, majority=None, se=None
        ),
    ]


@lru_cache
def make_rows() -> list[Row]:
    """451 rows in VQA-RAD's proportions: right, wrong, unparsed, refused, a choice and a box among them."""
    wrong = [make_row(i) for i in range(1, 165)]
    unread = [make_row(i, "unparsed") for i in range(200, 220)]
    choices = (Choice(label="Pneumothorax"), Choice(label="Effusion"), Choice(label="Nothing abnormal"))
    choice = make_row(
        300,
        kind="choice",
        question="What is shown?",
        choices=choices,
        target=Target(texts=("B",)),
        images=(drawn(1), Image(uri="no/such/image.png")),
        response=Response(text="A. There is a pneumothorax."),
        score=Score(status="scored", answer="A", rule="letter", span=(0, 2), values={"accuracy": 0.0}),
    )
    box = make_row(
        301,
        kind="box",
        question="Where is the nodule?",
        target=Target(boxes=(Box(x0=40, y0=40, x1=120, y1=120, label="nodule"),)),
        images=(drawn(0),),
        score=Score(status="scored", answer="[10, 10, 50, 50]", rule="box", values={"box_iou": 0.02}),
    )
    return [
        *wrong,
        *unread,
        make_row(230, "refused"),
        choice,
        box,
        *(make_row(i, right=True) for i in range(400, 664)),
    ]


@pytest.fixture
def build() -> SimpleNamespace:
    """The builders of this folder."""
    return SimpleNamespace(
        row=make_row,
        rows=make_rows,
        estimate=make_estimate,
        estimates=make_estimates,
        benchmark=make_benchmark,
        manifest=make_manifest,
        record=make_record,
        comparison=make_comparison,
        hostile=HOSTILE,
    )


def make_record(rows: Sequence[Row] | None = None, **changes: Any) -> RunRecord:
    """A record of the run; `changes` are fields of it, made after the examples were chosen."""
    base = RunRecord.of(
        make_manifest(), make_benchmark(), make_estimates(), make_rows() if rows is None else rows
    )
    return replace(base, **changes)


def make_comparison(first: str = "demo-vlm", second: str = "demo-vlm-small", **changes: Any) -> Compared:
    result = Comparison(
        metric="accuracy",
        slice="all",
        a=0.612,
        b=0.570,
        difference=0.042,
        se=0.016,
        low=0.010,
        high=0.074,
        method="cluster bootstrap",
        p=0.0112,
        test="cluster sign-flip",
        verdict="A better",
        n=451,
        n_clusters=203,
        missing_a=0,
        missing_b=0,
        failed=0,
        only_a=51,
        only_b=32,
        correlation=0.61,
    )
    return Compared(first=first, second=second, result=replace(result, **changes))
