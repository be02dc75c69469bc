"""Reinforcement on the shipped model: asked as evaluation asks, judged as evaluation judges; it learns."""

from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("trl", reason="trl is not installed")

from medassay.adaptation.generative.dpo import DirectPreference
from medassay.adaptation.generative.grpo import THINKING, GroupRelativePolicy
from medassay.adaptation.generative.material import prepare
from medassay.adaptation.generative.rewarded import Asked, judged_by, lasting, see_that_it_asks_alike
from medassay.adaptation.generative.rewards import Mix
from medassay.errors import ModelError, UnknownName, UsageError
from medassay.models.prompter import Prompter
from medassay.prompts import plain, styled
from medassay.types import Decoding, Style
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.adapting.tracking import Tracking
from medassay.workflows.adapting.tuning import Course

TASK = "phantom@vqa:n=24"
RECIPE = GroupRelativePolicy(
    steps=4, batch=32, tokens=6, checks=1, looked_at=32, rewards="accuracy+0.1*length"
)


def trainer_of(lesson, recipe, tmp_path, *, model=None):
    """TRL's, as the recipe makes it, before it trains."""
    import datasets
    from trl import GRPOConfig, GRPOTrainer

    held = prepare(lesson, recipe)
    return lasting(GRPOTrainer)(
        model=model or held.wrapped.model,
        args=GRPOConfig(
            output_dir=str(tmp_path),
            use_cpu=True,
            report_to="none",
            bf16=False,
            beta=recipe.kl,
            num_generations=2,
            per_device_train_batch_size=2,
            max_completion_length=recipe.tokens,
            gradient_checkpointing=False,
        ),
        reward_funcs=judged_by(Mix.of(recipe.rewards), lesson, lesson.train, held.ends, limit=recipe.tokens),
        train_dataset=datasets.Dataset.from_dict({"place": range(len(lesson.train))}),
        processing_class=lesson.model.prompter.processor,
    )


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of what TRL gives transformers
def test_what_it_asks_is_what_evaluation_asks_token_for_token(lesson_of, tmp_path):
    lesson = lesson_of(TASK, RECIPE)
    trainer = trainer_of(lesson, RECIPE, tmp_path)
    seen = {}

    class Sampled(Exception):
        pass

    def generate(**inputs):
        seen.update(inputs)
        raise Sampled

    trainer.model.get_base_model().generate = generate
    rows = Asked(lesson.train)([{"place": 0}, {"place": 1}])
    with pytest.raises(Sampled):
        trainer._generate_and_score_completions(rows)
    prompter = lesson.model.prompter
    asked = [lesson.train[place].request for place in (0, 1)]
    ours = prompter.tensors([prompter.prompt(one) for one in asked], [row["images"] for row in rows])
    assert seen["input_ids"].tolist() == ours["input_ids"].tolist()
    assert seen["attention_mask"].tolist() == ours["attention_mask"].tolist()
    assert (seen["pixel_values"] == ours["pixel_values"]).all()


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_it_trains_what_it_was_given_and_nothing_more(lesson_of, tmp_path):
    lesson = lesson_of(TASK, RECIPE)
    model = prepare(lesson, RECIPE).wrapped.model
    next(p for p in model.parameters() if p.requires_grad).requires_grad_(False)  # as unreached
    before = {name for name, p in model.named_parameters() if p.requires_grad}
    trainer = trainer_of(lesson, RECIPE, tmp_path, model=model)
    assert {name for name, p in trainer.model.named_parameters() if p.requires_grad} == before
    assert set(trainer.model.peft_config) == {"default"}


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_another_template_than_that_of_evaluation_is_noticed(lesson_of, tmp_path):
    lesson = lesson_of(TASK, RECIPE)
    trainer = trainer_of(lesson, RECIPE, tmp_path)
    asked = [dialogue.request for dialogue in lesson.train[:2]]
    see_that_it_asks_alike(trainer, lesson.model.prompter, asked)

    class Other(Prompter):
        def prompt(self, request):
            return super().prompt(request) + "yes"

    with pytest.raises(ModelError, match="would not ask this model as evaluation asks it"):
        see_that_it_asks_alike(trainer, Other(lesson.model.prompter.processor), asked)


def test_answers_are_judged_as_the_benchmark_judges_them(lesson_of):
    lesson = lesson_of(TASK, RECIPE)
    ends = frozenset({lesson.model.prompter.tokenizer.eos_token_id})
    accuracy, length = judged_by(Mix.of(RECIPE.rewards), lesson, lesson.train, ends, limit=6)
    prompter = lesson.model.prompter
    places = range(6)
    said = [prompter.reply(lesson.train[p].request, lesson.train[p].answer, ends) for p in places]
    assert (accuracy.__name__, length.__name__) == ("accuracy", "length")
    assert accuracy(completion_ids=said, place=places, prompts=None) == [1.0] * 6
    assert accuracy(completion_ids=[tokens[:-1] for tokens in said], place=places) == [1.0] * 6
    empty = [[next(iter(ends))]] * 6
    assert accuracy(completion_ids=empty, place=places) == [0.0] * 6
    assert length(completion_ids=empty, place=places) == [0.0] * 6
    assert length(completion_ids=[said[0] * 6], place=[0]) == [-1.0]


def test_the_rewarded_answers_become_likelier(lesson_of, tmp_path):
    """Of a reward that has nothing to do with the image, so that a few steps show it."""
    mine = tmp_path / "mine.py"
    mine.write_text("def agrees(sample, completion):\n    return {'yes': completion.answer == 'yes'}\n")
    recipe = replace(
        RECIPE,
        rewards=f"0.1*accuracy+{mine}:agrees",
        rate=4e-3,
        schedule="constant",
        steps=20,
        temperature=1.5,
    )
    tuned = recipe(lesson_of(TASK, recipe, skill="presence"))
    assert tuned.settings["validation_reward"] > tuned.settings["validation_reward_before"] + 0.2
    rows = [row for row in tuned.curve if row["step"]]
    wanted = {"reward", "reward_std", "rewards/accuracy/mean", f"rewards/{mine}:agrees/mean", "kl"}
    assert wanted | {"completions/mean_length", "frac_reward_zero_std"} <= set(rows[-1])
    assert rows[0]["kl"] == pytest.approx(0, abs=1e-6)  # the reference is the model with its adapter off
    assert rows[-1]["kl"] > 0.01


@pytest.mark.parametrize("family", ["llava", "qwen", "gemma", "internvl", "smolvlm"])
def test_other_families_learn_by_preference_and_by_reward(checkpoint, tmp_path, family):
    """Weights of tiny size at random: they go through, from the log of 2 and from the reference."""
    short: dict[str, Any] = {"batch": 4, "checks": 1, "looked_at": 2, "rate": 1e-3, "rank": 4}
    for recipe in (
        DirectPreference(**short, steps=2),
        GroupRelativePolicy(**short, steps=1, group=4, tokens=3),
    ):
        course = Course.open(str(checkpoint(family)), "phantom@vqa:n=4", data=None, cut=Cut(), taught=recipe)
        tuned = recipe(course.lesson(tmp_path / type(recipe).__name__, Cut(), Tracking()))
        assert tuned.trained > 0
        if "pairs" in tuned.settings:
            assert tuned.settings["validation_loss_before"] == pytest.approx(0.6931, abs=1e-4)
        else:
            assert tuned.curve[1]["kl"] == pytest.approx(0, abs=1e-5)


def test_the_form_it_is_taught_in_is_the_form_it_is_asked_in(lesson_of):
    recipe = replace(RECIPE, asks="thinking")
    style = recipe.addressed(Style(images_first=True))
    assert (style.closing, style.decoding["max_tokens"]) == (THINKING, 6)
    lesson = lesson_of(TASK, recipe)
    sample = lesson.samples[lesson.train[0].id]
    assert lesson.train[0].request == styled(plain(sample.case), style)
    assert lesson.train[0].request.text.endswith(f" {THINKING}")
    assert styled(lesson.train[0].request, style) == lesson.train[0].request
    switched = Style(closing="In short.", no_think="/no_think")
    request = replace(plain(sample.case), decoding=Decoding(thinking=False))
    assert styled(styled(request, switched), switched).text.endswith(" In short. /no_think")
    assert styled(request, switched).text.count("In short.") == 1


@pytest.mark.parametrize(
    ("options", "error", "why"),
    [
        ({"rewards": "acuracy"}, UnknownName, "accuracy"),
        ({"method": "full"}, UsageError, "adapter as reference"),
        ({"group": 1}, UsageError, "at least 2 answers"),
        ({"batch": 12}, UsageError, "multiple of group=8"),
        ({"kl": -1.0}, UsageError, "kl is at least 0"),
    ],
)
def test_options_that_cannot_be(options, error, why):
    with pytest.raises(error, match=why):
        GroupRelativePolicy(**options)
