"""Training on packed questions is training on the prompts that are asked."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medassay.benchmarks.phantom import load
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Response, Where

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
checkpoints, data, packing, tokens, tower, vlm = (
    importlib.import_module(f"demo_training.{name}")
    for name in ("checkpoints", "data", "packing", "tokens", "tower", "vlm")
)
SAMPLES = list(load(Where(variant="all"), seed=999, n=24))


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return tokens.build_tokenizer(
        [plain(s.case).text for s in SAMPLES] + list(map(data.answer, SAMPLES)), chat=True
    )


def test_the_taught_answer_is_the_right_one():
    for sample in SAMPLES:
        judged = score(sample, Response(text=data.answer(sample)))
        assert judged.status == "scored"
        for name, worst in (("accuracy", 1.0), ("rouge_l", 1.0), ("box_iou", 0.6)):
            assert judged.values.get(name, 1.0) >= worst
        assert judged.values.get("relative_error", 0.0) < 0.06


def test_a_letter_follows_its_option():
    rng = np.random.default_rng(0)
    for sample in (s for s in SAMPLES if s.choices):
        moved = data.reordered(sample, rng)
        assert score(moved, Response(text=data.answer(moved))).values["accuracy"] == 1
        option = {c.label for s in (sample, moved) for c in s.choices}
        assert len(option) == len(sample.choices)


def test_a_packed_question_is_the_prompt_that_is_asked(tokenizer):
    torch.manual_seed(0)
    model = vlm.build(tokenizer, tower.build()).eval()
    image = SAMPLES[0].images[0].uri
    asked = [s for s in SAMPLES if s.images[0].uri == image][:4]
    prefix = tokenizer.encode("<s><user>" + "<image>" * vlm.PATCHES, add_special_tokens=False)
    blocks = [
        packing.Block(
            tuple(tokenizer.encode(f"{plain(s.case).text}<assistant>", add_special_tokens=False)),
            tuple(tokenizer.encode(f"{data.answer(s)}</s>", add_special_tokens=False)),
        )
        for s in asked
    ]
    pixels = torch.randn(1, 3, data.SIZE, data.SIZE)
    packed = packing.pack(prefix, [blocks], tokenizer.pad_token_id)
    labels = packed.pop("labels")[0]
    del packed["weight"]
    processor = vlm.build_processor(tokenizer, checkpoints.image_processor())
    with torch.no_grad():
        together = model.lm_head(model.model(pixel_values=pixels, **packed).last_hidden_state)[0]
        start = len(prefix)
        for sample, block in zip(asked, blocks, strict=True):
            content = [{"type": "image"}, {"type": "text", "text": plain(sample.case).text}]
            prompt = processor.apply_chat_template(
                [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
            ).replace("<image>", "<image>" * vlm.PATCHES)
            alone = tokenizer.encode(prompt, add_special_tokens=False) + list(block.answer)
            logits = model(input_ids=torch.tensor([alone]), pixel_values=pixels).logits[0, len(prefix) :]
            end = start + len(logits)
            torch.testing.assert_close(together[start:end], logits, atol=1e-5, rtol=0)
            taught = labels[start:end]
            assert tuple(taught[taught != -100].tolist()) == block.answer
            start = end


def test_a_padded_row_attends_to_something(tokenizer):
    short, long = packing.Block((7,), (8, 3)), packing.Block((7, 7, 7), (8, 8, 3))
    packed = packing.pack([2, 5], [[short], [short, long]], pad=0)
    assert packed["attention_mask"].any(-1).all()
    assert (packed["labels"][0] != -100).sum() == 2
