"""Joint embeddings of questions: made once, kept by content, and held to the words on the same folds."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from PIL import Image as Picture
from typer.testing import CliRunner

from medassay.cli import app
from medassay.errors import ImageError, ModelError
from medassay.splits.tags import read_tags
from medassay.types import Case, Image, fingerprint
from medassay.workflows.embedding import embedded
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.splitting import split


class Knowing:
    """An encoder whose vectors are noise of the text, and the label where it knows it."""

    def __init__(self, known, *, name="knowing", until=10**9):
        self.known, self.fingerprint, self.until, self.asked = known, fingerprint(name), until, []

    def embed(self, items):
        for index, (text, images) in enumerate(items):
            if len(self.asked) >= self.until:
                raise ModelError("out of power")
            self.asked.append(text)
            seed = int(fingerprint([text, [image.uri for image in images]])[:8], 16)
            yield index, np.append(np.random.default_rng(seed).normal(size=5), 3 * self.known.get(text, 0.0))


@pytest.fixture
def cases(tmp_path):
    held = []
    for k in range(130):
        Picture.new("RGB", (4, 4), (k, 0, 0)).save(tmp_path / f"{k}.png")
        image = Image(uri=str(tmp_path / f"{k}.png"))
        held.append(Case(id=str(k), kind="open", question=f"question {k % 100}", images=(image,)))
    return held


def test_a_vector_is_made_once_and_what_was_made_before_a_stop_is_kept(cases, tmp_path):
    kept = tmp_path / "kept"
    with pytest.raises(ModelError, match="out of power"):
        embedded(cases, Knowing({}, until=100), kept=kept)
    rest = Knowing({})
    found = embedded(cases, rest, kept=kept)
    assert (found.shape, len(rest.asked)) == ((130, 6), 130 - 64)
    again = Knowing({})
    assert np.array_equal(embedded(cases[::-1], again, kept=kept), found[::-1])
    assert again.asked == []
    other = Knowing({}, name="another")
    embedded(cases[:3], other, kept=kept)
    assert len(other.asked) == 3


def test_other_pixels_or_words_are_another_vector(cases, tmp_path):
    kept = tmp_path / "kept"
    first = embedded(cases[:1], Knowing({}), kept=kept)
    Picture.new("RGB", (4, 4), (9, 9, 9)).save(tmp_path / "0.png")
    encoder = Knowing({})
    embedded([Case(id="0", kind="open", question="question 0", images=cases[0].images)], encoder, kept=kept)
    assert len(encoder.asked) == 1
    assert first.shape == (1, 6)


@pytest.fixture
def training(shared_data, tmp_path, monkeypatch):
    """The authors' sample of 199 questions with a small picture for each of theirs."""
    monkeypatch.chdir(tmp_path)
    name = "medxpertqa_sampled_mm_input.jsonl"
    folder = tmp_path / "training"
    (folder / "images").mkdir(parents=True)
    shutil.copy(shared_data / "medxpertqa" / name, folder / name)
    rows = [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
    for k, image in enumerate(image for row in rows for image in row["images"]):
        Picture.new("RGB", (4, 4), (k % 256, k // 256, 0)).save(folder / "images" / image["image_path"])
    return str(folder)


def test_embeddings_that_know_the_label_beat_the_words_on_the_same_folds(training, tmp_path):
    from medassay.splits.counting import text_of

    samples = list(resolve_benchmark("medxpertqa-mm", data=training).samples())
    known = {text_of(s): float(s.tags["skill"] == "reasoning") for s in samples}
    out = tmp_path / "tags.csv"
    plain = split("phantom@vqa:n=20", data=None, training=training, out=None)
    held = split("phantom@vqa:n=20", data=None, training=training, out=out, encoder=Knowing(known))
    assert held.validated == plain.validated
    assert held.embedded is not None
    assert held.gain is not None
    assert held.embedded.auroc > 0.95
    assert held.gain.value == pytest.approx(held.embedded.auroc - held.validated.auroc)
    assert held.gain.low is not None
    assert held.gain.low > 0
    assert [tag.probability for tag in read_tags(out)] != [tag.probability for tag in plain.tags]
    shown = held.to_json()
    assert shown["embeddings"]["n"] == shown["cross_validation"]["n"] == len(samples)


def test_embeddings_need_the_images(shared_data, training, tmp_path):
    picture = next(iter((tmp_path / "training" / "images").iterdir()))
    picture.unlink()
    with pytest.raises(ImageError, match=picture.name):
        split("phantom@vqa:n=20", data=None, training=training, out=None, encoder=Knowing({}))


def test_the_command_says_in_one_line_that_the_weights_are_not_there(training):
    words = ["split", "make", "phantom", "--training", training, "--embeddings", "Nobody/none"]
    with pytest.raises(ModelError, match="Nobody/none"):
        CliRunner().invoke(app, words, catch_exceptions=False)


def test_the_command_shows_both_classifiers_side_by_side(training, tmp_path):
    """Random weights of the real architecture know nothing, and the report does not pretend that they do."""
    from tests.models.builders.qwen import build_qwen2

    (tmp_path / "gme").mkdir()
    build_qwen2(tmp_path / "gme")
    name = tmp_path / "training" / "medxpertqa_sampled_mm_input.jsonl"
    lines = name.read_text("utf-8").splitlines(keepends=True)
    name.write_text("".join(lines[:60]), "utf-8")
    words = [
        "split",
        "make",
        "phantom@vqa:n=4",
        "--training",
        training,
        "--embeddings",
        "gme",
        "--device",
        "cpu",
    ]
    shown = CliRunner().invoke(app, [*words, "--device", "cpu"], catch_exceptions=False).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "joint embeddings: AUROC 0." in shown
    assert "AUROC of the joint embeddings less that of the words:" in shown
    assert list((tmp_path / ".medassay" / "features").glob("*/vectors.f32"))
