"""A small CLIP: the vision tower of the first stage and a two-layer text encoder, trained by contrast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo_training.data import Pool
from demo_training.schedule import mixed_precision, optimise
from demo_training.tower import SETTINGS, UNKNOWN
from medassay.types import Choice

WIDTH, LAYERS, SHARED = 96, 2, 64
BATCH, RATE = 128, 1e-3
LARGEST_SCALE = 50.0


@dataclass(frozen=True, slots=True)
class Captions:
    """Every sentence that describes a choice, and which choice holds for which image.

    `spans` says for each distinct set of choices, and each choice in it, where its sentences lie in `texts`;
    `answers` (n, sets) is the choice that holds, -1 where that was not asked.
    """

    texts: tuple[str, ...]
    spans: tuple[tuple[tuple[int, int], ...], ...]
    answers: NDArray[np.int64]


def collect(pool: Pool) -> Captions:
    """The captions of the pool's questions whose choices an encoder can rank."""
    questions: dict[tuple[Choice, ...], int] = {}
    asked = []
    for row, samples in enumerate(pool.samples):
        for sample in samples:
            if sample.choices and all(choice.texts for choice in sample.choices):
                column = questions.setdefault(sample.choices, len(questions))
                labels = [choice.label for choice in sample.choices]
                asked.append((row, column, labels.index(sample.target.texts[0])))
    answers = np.full((len(pool), len(questions)), UNKNOWN)
    for row, column, choice in asked:
        answers[row, column] = choice
    texts: list[str] = []
    spans = []
    for choices in questions:
        held = []
        for option in choices:
            held.append((len(texts), len(texts) + len(option.texts)))
            texts += option.texts
        spans.append(tuple(held))
    return Captions(tuple(texts), tuple(spans), answers)


def build(tokenizer: Any, tower: Any) -> Any:
    """A CLIPModel whose vision tower starts from `tower` (a CLIPVisionModel)."""
    from transformers import CLIPConfig, CLIPModel

    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "max_position_embeddings": 64,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=SETTINGS, projection_dim=SHARED))
    model.vision_model.load_state_dict(tower.state_dict())
    return model


def train(model: Any, tokenizer: Any, pool: Pool, *, steps: int, seed: int) -> None:
    """Draw image and true sentence together, against other choices and other images' sentences."""
    import torch
    from torch.nn.functional import normalize

    captions = collect(pool)
    tokens = tokenizer(list(captions.texts), padding=True, return_tensors="pt")
    rng = np.random.default_rng(seed)

    def loss() -> Any:
        rows = rng.integers(0, len(pool), BATCH)
        with mixed_precision():
            images = model.get_image_features(pixel_values=pool.tensor(rows)).pooler_output
            texts = model.get_text_features(**tokens).pooler_output
        scale = model.logit_scale.exp().clamp(max=LARGEST_SCALE)
        logits = scale * normalize(images.float(), dim=-1) @ normalize(texts.float(), dim=-1).T
        answers = captions.answers[rows]
        drawn = [[int(rng.integers(*span)) for span in spans] for spans in captions.spans]
        return _ranking_loss(logits, answers, drawn) + _contrast_loss(logits, answers, drawn, rng)

    optimise(model, loss, steps=steps, rate=RATE, name="demo-clip")
    with torch.no_grad():
        model.logit_scale.clamp_(max=float(np.log(LARGEST_SCALE)))


def _ranking_loss(logits: Any, answers: NDArray[np.int64], drawn: list[list[int]]) -> Any:
    """Cross-entropy of each asked question over one sentence per choice: zero-shot classification."""
    import torch

    losses = [
        torch.nn.functional.cross_entropy(
            logits[torch.from_numpy(np.flatnonzero(column != UNKNOWN))][:, sentences],
            torch.from_numpy(column[column != UNKNOWN]),
        )
        for column, sentences in zip(answers.T, drawn, strict=True)
        if (column != UNKNOWN).any()
    ]
    return torch.stack(losses).mean()


def _contrast_loss(
    logits: Any, answers: NDArray[np.int64], drawn: list[list[int]], rng: np.random.Generator
) -> Any:
    """CLIP's loss with one true sentence per image.

    A sentence that also holds for another image of the batch is no negative of it.
    """
    import torch

    asked = [rng.choice(np.flatnonzero(row != UNKNOWN)) for row in answers]
    chosen = np.array([drawn[q][answers[i, q]] for i, q in enumerate(asked)])
    holds = np.array([answers[:, q] == answers[i, q] for i, q in enumerate(asked)]).T  # image, sentence
    scores = logits[:, torch.from_numpy(chosen)]
    wanted = torch.from_numpy(holds.astype(np.float32))
    by_image = -(wanted / wanted.sum(1, keepdim=True) * scores.log_softmax(1)).sum(1).mean()
    by_text = -(wanted / wanted.sum(0, keepdim=True) * scores.log_softmax(0)).sum(0).mean()
    return (by_image + by_text) / 2
