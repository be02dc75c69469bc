"""MediConfusion: pairs, their images and their numbers, on the real questions."""

from __future__ import annotations

import json
import math
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.benchmarks.drawing import draw

from medassay.benchmarks.mediconfusion import BENCHMARK, load
from medassay.contracts import check_benchmark
from medassay.errors import DataError, ImageError
from medassay.images import open_image
from medassay.metrics import METRICS, score
from medassay.statistics import estimate_all
from medassay.types import Response, Row, Sample, Where


@pytest.fixture
def real(shared_data: Path, tmp_path: Path) -> Path:
    """The real questions, and a drawn picture in place of each image."""
    source = shared_data / "mediconfusion"
    shutil.copy(source / "dataset.json", tmp_path)
    for n, image in enumerate(json.loads((source / "image_dict.json").read_text()).values()):
        draw(tmp_path / "images" / f"{image['local']}.jpg", n, size=8)
    return tmp_path


def answered(samples: list[Sample], answers: list[str]) -> dict[str, float]:
    responses = [Response(text=text) for text in answers]
    rows = [Row(sample=s, response=r, score=score(s, r)) for s, r in zip(samples, responses, strict=True)]
    found = estimate_all(rows, BENCHMARK.measures, METRICS, seed="mediconfusion 1", draws=50)
    return {e.metric: e.value for e in found if e.slice == "all"}


def test_real_questions(real: Path):
    where = Where(root=real)
    samples = list(load(where))
    assert [f for f in check_benchmark(BENCHMARK, samples, whole=where) if not f.ok] == []
    assert Counter(Counter(s.group for s in samples).values()) == {2: 176}
    assert Counter(s.target.texts[0] for s in samples[::2]) == {"A": 88, "B": 88}
    assert len({s.images[0].uri for s in samples}) == 228
    assert samples[0].question == "What do you see on this angiogram of the internal carotid artery?"
    assert [c.label[:11] for c in samples[0].choices] == ["Terminating", "Showing an "]


def test_one_letter_for_all_is_right_in_half_and_confused_in_all(real: Path):
    samples = list(load(Where(root=real)))
    numbers = answered(samples, ["A"] * len(samples))
    assert math.isnan(numbers.pop("set_precision"))
    assert numbers == {
        "set_accuracy": 0.0,
        "accuracy": 0.5,
        "confusion": 1.0,
        "set_validity": 1.0,
        "confusion_of_all": 1.0,
    }
    golds = [s.target.texts[0] for s in samples]
    golds[1] = "Neither of them."
    numbers = answered(samples, golds)
    assert numbers["set_accuracy"] == numbers["set_validity"] == pytest.approx(175 / 176)
    assert numbers["confusion"] == numbers["confusion_of_all"] == 0.0
    assert numbers["set_precision"] == 1.0


def test_pairs_share_all_but_the_image(folder):
    first, second, *_ = load(Where(root=folder("mediconfusion")))
    assert (first.id, second.id) == ("mediconfusion-10001-1", "mediconfusion-10001-2")
    assert (first.question, first.choices, first.tags) == (second.question, second.choices, second.tags)
    assert first.tags == {"category": "Cardiac+Cerebral+Vascular"}
    assert first.group == second.group == first.cluster == "10001"
    assert [s.images[0].uri[-16:] for s in (first, second)] == ["images/20192.jpg", "images/20053.jpg"]


def test_images_may_lie_as_in_roco(folder):
    root = folder("mediconfusion")
    draw(root / "train/radiology/images/ROCO_20192.jpg", 5)
    first, second, *_ = load(Where(root=root))
    assert open_image(first.images[0]).size == (16, 16)
    with pytest.raises(ImageError, match="ROCO_20053"):  # a row that fails
        open_image(second.images[0])


def test_what_is_wrong_is_named(folder):
    root = folder("mediconfusion")
    held = json.loads((root / "dataset.json").read_text())
    held["10002"]["im_2_correct"] = "C"
    (root / "dataset.json").write_text(json.dumps(held))
    with pytest.raises(DataError, match=r"dataset\.json: pair 10002 has the key 'C' for image 2"):
        list(load(Where(root=root)))
    del held["10001"]["option_B"]
    (root / "dataset.json").write_text(json.dumps(held))
    with pytest.raises(DataError, match=r"dataset\.json: record 0 has no option_B"):
        list(load(Where(root=root)))
    (root / "dataset.json").write_text("[]")
    with pytest.raises(DataError, match="an object is expected, this is list"):
        list(load(Where(root=root)))
    shutil.rmtree(root / "images")
    with pytest.raises(DataError, match=r"no images in images/.*scripts/download\.py"):
        list(load(Where(root=root)))
    (root / "dataset.json").unlink()
    with pytest.raises(DataError, match=r"dataset\.json not found.*github\.com"):
        list(load(Where(root=root)))
