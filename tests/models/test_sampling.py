from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from medassay.models.sampling import RepetitionPenalty, RowSampler, StopTexts
from medassay.types import Decoding, Message, Request


def draw(logits: list[float], n: int, **decoding: float) -> Counter[int]:
    import torch

    request = Request(
        messages=(Message(role="user", parts=("?",)),),
        decoding=Decoding(**{"temperature": 1.0, **decoding}),  # type: ignore[arg-type]
    )
    sampler = RowSampler([replace(request, replicate=i) for i in range(n)])
    left = sampler(None, torch.tensor([logits] * n))
    assert bool(((left == 0).sum(-1) == 1).all())
    return Counter(left.argmax(-1).tolist())


def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    probs = np.array([0.5, 0.3, 0.2])
    counts = draw(np.log(probs).tolist(), 4000)
    observed = np.array([counts[i] for i in range(3)])
    chi_squared = ((observed - 4000 * probs) ** 2 / (4000 * probs)).sum()
    assert chi_squared < 13.8  # the 0.999 quantile at 2 degrees of freedom


def test_temperature_sharpens() -> None:
    cold = draw(np.log([0.6, 0.4]).tolist(), 2000, temperature=0.5)
    assert cold[0] / 2000 == pytest.approx(0.36 / (0.36 + 0.16), abs=0.04)


def test_top_p_keeps_the_fewest_tokens_that_reach_it() -> None:
    logits = np.log([0.1, 0.5, 0.3, 0.1]).tolist()
    assert set(draw(logits, 500, top_p=0.79)) == {1, 2}
    assert set(draw(logits, 500, top_p=0.4)) == {1}
    assert set(draw(logits, 500)) == {0, 1, 2, 3}


def test_equal_seeds_do_not_tie_different_questions_together() -> None:
    import torch

    decoding = Decoding(temperature=1.0)
    requests = [
        Request(messages=(Message(role="user", parts=(f"question {i}",)),), decoding=decoding)
        for i in range(200)
    ]
    drawn = RowSampler(requests)(None, torch.zeros(200, 2)).argmax(-1)
    assert 60 < int(drawn.sum()) < 140


def test_a_penalty_bends_what_was_said_or_asked_and_nothing_else() -> None:
    import torch

    mask = torch.tensor([[0, 1, 1]])  # token 0 stands only in the padding
    tokens = torch.tensor([[0, 1, 999, 2]])  # 999: a placeholder outside the vocabulary; 2: said since
    scores = torch.tensor([[1.0, 1.0, -1.0, 1.0]])
    assert RepetitionPenalty(2.0, mask)(tokens, scores).tolist() == [[1.0, 0.5, -2.0, 1.0]]


def test_a_stop_string_is_found_across_tokens_and_not_in_the_prompt() -> None:
    import torch

    class Letters:
        def batch_decode(self, rows: torch.Tensor, skip_special_tokens: bool) -> list[str]:
            return ["".join(map(chr, row)) for row in rows.tolist()]

    stop = StopTexts(Letters(), ["ab"])
    rows = [[ord(c) for c in text] for text in ("abxa", "abxb")]
    assert stop(torch.tensor(rows), None).tolist() == [False, False]
    assert stop(torch.tensor([[*rows[0], ord("b")], [*rows[1], ord("b")]]), None).tolist() == [True, False]
    assert stop.lengths == [2, 2]
