"""Joint embeddings by the real architecture with random weights."""

import numpy as np
import pytest
import torch
from tests.models.builders.llava import build_llama
from tests.models.builders.qwen import build_qwen2
from transformers import Qwen2VLForConditionalGeneration

from medassay.errors import ModelError
from medassay.images import open_image, resolve
from medassay.models.joint import JointEncoder
from medassay.models.quirks.processors import load_processor
from medassay.types import Image


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("gme")
    build_qwen2(place)
    return place


@pytest.fixture(scope="module")
def encoder(folder):
    return JointEncoder(str(folder), device="cpu", batch=3)


def test_a_vector_is_the_last_state_after_the_authors_words(encoder, folder, pictures):
    """Against transformers itself, one question at a time: padding and batches change nothing."""
    one, two = pictures
    items = [
        ("is there a lesion? yes no", (one,)),
        ("left", (one, two)),
        ("what modality is this image?", ()),
    ]
    held = dict(encoder.embed(items))
    model = Qwen2VLForConditionalGeneration.from_pretrained(folder).eval()
    processor = load_processor(folder)
    for index, (text, images) in enumerate(items):
        asked = "<|vision_start|><|image_pad|><|vision_end|>" * len(images) + text
        words = (
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
            f"{asked}<|im_end|>\n<|im_start|>assistant\n<|endoftext|>"
        )
        limits = {"size": {"shortest_edge": 256 * 64, "longest_edge": 1280 * 64}}  # 64 pixels a token
        shown = [open_image(image) for image in images] or None
        inputs = processor(text=[words], images=shown, return_tensors="pt", images_kwargs=limits)
        with torch.inference_mode():
            states = model(**inputs, output_hidden_states=True).hidden_states[-1][0, -1].numpy()
        assert held[index] == pytest.approx(states / np.linalg.norm(states), abs=1e-4)


def test_the_image_and_the_text_both_count(encoder, pictures):
    one, two = pictures
    held = dict(encoder.embed([("lesion", (one,)), ("lesion", (two,)), ("nodule", (one,))]))
    assert np.abs(held[0] - held[1]).max() > 1e-3
    assert np.abs(held[0] - held[2]).max() > 1e-3
    assert np.linalg.norm(held[0]) == pytest.approx(1)


def test_what_cannot_be_encoded_is_said_in_one_line(encoder, tmp_path):
    missing = Image(uri=str(tmp_path / "none.png"))
    with pytest.raises(ModelError, match=r"question 0 cannot be encoded: .*none\.png"):
        list(encoder.embed([("lesion", (missing,))]))
    build_llama(tmp_path / "llava")
    with pytest.raises(ModelError, match="joint embeddings are read from qwen2_vl"):
        JointEncoder(str(tmp_path / "llava"))
    with pytest.raises(ModelError, match="Alibaba-NLP/gme-Qwen2-VL-2B-Instruct"):
        JointEncoder("Alibaba-NLP/gme-Qwen2-VL-2B-Instruct")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    from PIL import Image as Picture

    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(0)
    for name in ("one", "two"):
        pixels = generator.integers(0, 256, (96, 128, 3), dtype=np.uint8)
        Picture.fromarray(pixels).save(folder / f"{name}.png")
    return [resolve(Image(uri=str(folder / f"{name}.png"))) for name in ("one", "two")]
