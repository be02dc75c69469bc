import math

import pytest

pytest.importorskip("torch", reason="torch is not installed")

import torch

from medassay.adaptation.generative.preference_loss import Preference

ONE = torch.ones(1)


def gained(chosen, rejected):
    return Preference(chosen=torch.tensor(chosen), rejected=torch.tensor(rejected))


def test_two_tokens_by_hand():
    """Chosen .5 and .8 under the policy, .4 and .5 under the reference; rejected .2 and .5, .4 and .5."""
    beta = 0.1
    gain = math.log(0.5 * 0.8) - math.log(0.4 * 0.5)
    loss = math.log(0.2 * 0.5) - math.log(0.4 * 0.5)
    held = gained([beta * gain], [beta * loss])
    assert float(held.margin) == pytest.approx(0.1 * math.log(4))
    assert float(held.loss(ONE)) == pytest.approx(math.log(1 + 4**-0.1))
    assert float(held.loss(ONE, "hinge")) == pytest.approx(1 - 0.1 * math.log(4))
    assert float(gained([3.0], [1.0]).loss(ONE, "hinge")) == 0.0


def test_what_has_not_moved_has_no_margin():
    assert float(gained([0.0, 0.0], [0.0, 0.0]).loss(torch.ones(2))) == pytest.approx(math.log(2))


def test_swapping_the_answers_turns_the_margin():
    here, there = gained([0.3, -1.0], [0.1, 0.5]), gained([0.1, 0.5], [0.3, -1.0])
    torch.testing.assert_close(here.margin, -there.margin)


def test_weights_are_not_renormalised_and_a_pair_of_weight_nothing_counts_in_the_mean():
    both, first = gained([0.3, -1.0], [0.1, 0.5]), gained([0.3], [0.1])
    assert float(both.loss(torch.tensor([1.0, 0.0]))) == pytest.approx(float(first.loss(ONE)) / 2)
    assert float(first.loss(0.4 * ONE)) == pytest.approx(0.4 * float(first.loss(ONE)))


def test_the_gradient_of_a_pair_of_weight_nothing_is_nothing():
    chosen = torch.tensor([0.3, -1.0], requires_grad=True)
    Preference(chosen=chosen, rejected=torch.zeros(2)).loss(torch.tensor([1.0, 0.0])).backward()
    assert chosen.grad[0] < 0
    assert chosen.grad[1] == 0
