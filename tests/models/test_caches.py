"""A cache with room holds what transformers' own holds, whatever is done to it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.cache_utils import DynamicLayer

from medassay.models import caches

STEPS = st.lists(
    st.one_of(
        st.integers(1, 5),  # so many tokens more
        st.sampled_from(["fewer rows", "other order", "twice", "crop", "begin again"]),
    ),
    min_size=1,
    max_size=12,
)


def _done(layer: Any, steps: list[int | str]) -> list[Any]:
    """The keys and values after every step; each step draws the same from one seed."""
    made, seen = torch.Generator().manual_seed(0), []
    rows = 3
    for step in steps:
        length = layer.get_seq_length()
        if isinstance(step, int):
            keys, values = torch.randn(2, rows, 2, step, 4, generator=made)
            layer.update(keys, values)
        elif step == "begin again":
            layer.reset()
        elif length and step == "crop":
            layer.crop(-1)
        elif length and step == "twice":
            layer.batch_repeat_interleave(2)
            rows *= 2
        elif length and step == "other order":
            layer.reorder_cache(torch.arange(rows).flip(0))
        elif length and rows > 1 and step == "fewer rows":
            layer.batch_select_indices(torch.arange(rows - 1))
            rows -= 1
        seen.append((layer.get_seq_length(), layer.get_mask_sizes(1), layer.keys, layer.values))
    return seen


@pytest.fixture(scope="module", autouse=True)
def little_room() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caches, "ROOM", 3)
        yield


@given(STEPS)
@settings(deadline=None, max_examples=150)
def test_it_holds_what_joining_gives(steps: list[int | str]) -> None:
    for ours, theirs in zip(_done(caches._roomy_layer()(), steps), _done(DynamicLayer(), steps), strict=True):
        assert ours[:2] == theirs[:2]
        for one, other in zip(ours[2:], theirs[2:], strict=True):
            assert one is other is None or torch.equal(one, other)


def test_tokens_are_copied_only_where_room_ends() -> None:
    layer, one = caches._roomy_layer()(), torch.zeros(1, 1, 1, 2)
    places = [layer.update(one, one)[0].data_ptr() for _ in range(1 + 3 + 1 + 3)]
    assert len(set(places)) == 2


def test_a_model_gives_the_same_logits_to_the_bit() -> None:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=50, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    asked = torch.randint(3, 50, (3, 7))
    mask = torch.ones_like(asked)
    mask[0, :4] = 0  # left padding
    ours, theirs = (
        model.generate(
            input_ids=asked, attention_mask=mask, max_new_tokens=12, do_sample=False, output_logits=True,
            return_dict_in_generate=True, pad_token_id=0, eos_token_id=None, **cache,
        ).logits
        for cache in ({"past_key_values": caches.empty(model)}, {})
    )  # fmt: skip
    assert len(ours) == 12
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))
