"""What somebody who wants the reward and not the answer would write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay import registry
from medassay.adaptation.generative.rewards import REWARDS, Mix
from medassay.adaptation.generative.rewards.completion import completed
from medassay.errors import ModelError, UnknownName, UsageError
from medassay.metrics import score
from medassay.types import Box, Choice, Sample, Target

CHOICE = Sample(
    id="s",
    kind="choice",
    question="Which?",
    choices=tuple(Choice(label=label) for label in ("cat", "dog", "cow", "pig")),
    target=Target(texts=("C",)),
)
YES = Sample(id="y", kind="yes/no", question="Is it?", target=Target(texts=("yes",)))
NUMBER = Sample(id="n", kind="number", question="How wide?", target=Target(number=4.0))
BOX = Sample(id="b", kind="box", question="Where?", target=Target(boxes=(Box(x0=0, y0=0, x1=10, y1=10),)))


def worth(name, raw, sample=CHOICE, *, tokens=1, limit=100):
    (value,) = registry.find("reward", name)(
        sample, completed(sample, raw, score, tokens=tokens, limit=limit)
    ).values()
    return value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("C", 1),
        ("C.", 1),
        ("(C) cow", 1),
        ("<answer>C</answer>", 1),
        ("<think>A? No.</think><answer>C</answer>", 1),
        ("A B C D", 0),
        ("A, B, C or D", 0),
        ("<answer>A, B, C, D</answer>", 0),
        ("C or B", 0),
        ("C C C C", 0),
        ("not C", 0),
        ("", 0),
        ("<answer></answer>", 0),
        ("<think>C</think>", 0),
        ("<think>C", 0),
        ("<think>C</think><answer></answer>", 0),
        ("<answer>C</answer><answer>A</answer>", 0),
    ],
)
def test_accuracy_of_letters(raw, value):
    assert worth("accuracy", raw) == value


@pytest.mark.parametrize(
    ("sample", "raw", "value"),
    [
        (YES, "Yes", 1),
        (YES, "yes and no", 0),
        (YES, "not yes", 0),
        (NUMBER, "4", 1),
        (NUMBER, "5", 0.75),
        (NUMBER, "100", 0),
        (NUMBER, "4 or 5", 0),
        (BOX, "[0, 0, 10, 10]", 1),
        (BOX, "[0, 0, 10, 20]", 0.5),
    ],
)
def test_accuracy_of_other_kinds_is_what_the_benchmark_measures(sample, raw, value):
    assert worth("accuracy", raw, sample) == pytest.approx(value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("<think>Horns.</think><answer>C</answer>", 1),
        ("<think>Horns.\nHooves.</think>\n\n<answer>\nC\n</answer>\n", 1),
        ("<think></think><answer>C</answer>", 0),
        ("<think> \n</think><answer>C</answer>", 0),
        ("<think>Horns.</think><answer> </answer>", 0),
        ("<think>Horns.</think><answer>A</answer><answer>C</answer>", 0),
        ("<think>a</think><think>b</think><answer>C</answer>", 0),
        ("<think>a</think><answer>A</answer><think>b</think><answer>C</answer>", 0),
        ("<think><answer>C</answer></think><answer>C</answer>", 0),
        ("<think>Horns.</think><answer>C</answer> I am sure.", 0),
        ("Well. <think>Horns.</think><answer>C</answer>", 0),
        ("<answer>C</answer><think>Horns.</think>", 0),
        ("<think>Horns.</think>C", 0),
        ("<answer>C</answer>", 0),
        ("C", 0),
        ("", 0),
    ],
)
def test_format(raw, value):
    assert worth("format", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("<think>Horns, so not A. It is C.</think><answer>C</answer>", 1),
        ("<think>It is A.\nHence the cow</think><answer>C.</answer>", 1),
        ("<think>The answer is A.</think><answer>A</answer>", 1),  # wrong, and consistent
        ("<think>It is C. So the answer is A.</think><answer>C</answer>", 0),
        ("<think>So it is not C.</think><answer>C</answer>", 0),
        ("<think>A, B, C or D.</think><answer>C</answer>", 0),
        ("<think>Horns.</think><answer>C</answer>", 0),
        ("<think>It is C.</think>", 0),
        ("<think></think><answer>C</answer>", 0),
        ("C", 0),
    ],
)
def test_consistency(raw, value):
    assert worth("consistency", raw) == value


@pytest.mark.parametrize(("tokens", "value"), [(0, 0), (50, 0), (75, -0.5), (100, -1), (120, -1)])
def test_length(tokens, value):
    assert worth("length", "C", tokens=tokens) == pytest.approx(value)


@given(st.text(alphabet="ABCD <>/thinkaswer.\n", max_size=60), st.sampled_from(sorted(REWARDS)))
def test_rewards_are_within_one_and_pure(raw, name):
    assert -1 <= worth(name, raw) <= 1
    assert worth(name, raw) == worth(name, raw)


def test_a_mix_names_rewards_with_their_weights():
    mix = Mix.of("accuracy + 0.5*format+2*length")
    assert mix.weights == {"accuracy": 1.0, "format": 0.5, "length": 2.0}
    sampled = completed(CHOICE, "C", score, tokens=75, limit=100)
    assert [mix.worth(name, CHOICE, sampled) for name in mix.rewards] == [1.0, 0.0, -0.5]


@pytest.mark.parametrize(
    ("text", "error", "why"),
    [
        ("", UsageError, "name some"),
        ("accuracy+accuracy", UsageError, "named twice"),
        ("much*accuracy", UsageError, "'much' is no number"),
        ("acuracy", UnknownName, "accuracy"),
    ],
)
def test_a_mix_that_is_none(text, error, why):
    with pytest.raises(error, match=why):
        Mix.of(text)


def test_a_reward_of_ones_own(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "def brief(sample, completion):\n    return {'a': 1, 'b': len(completion.answer)}\n"
        "def wrong(sample, completion):\n    return 1.0\n"
    )
    sampled = completed(CHOICE, "C", score, tokens=1, limit=9)
    name = f"{path}:brief"
    assert Mix.of(f"0.5*{name}").worth(name, CHOICE, sampled) == 2.0
    with pytest.raises(ModelError, match="should give named numbers, not"):
        Mix.of(f"{path}:wrong").worth(f"{path}:wrong", CHOICE, sampled)
