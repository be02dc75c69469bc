"""Group relative policy optimisation: answers are sampled, and the better ones of a group made likelier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from medassay.adaptation.generative import training
from medassay.adaptation.generative.lesson import Lesson, Tuned
from medassay.adaptation.generative.libraries import needed
from medassay.adaptation.generative.material import prepare
from medassay.adaptation.generative.rewarded import (
    Asked,
    judged_by,
    lasting,
    see_that_it_asks_alike,
    switches,
)
from medassay.adaptation.generative.rewards import Mix
from medassay.adaptation.generative.tuning import Tuning
from medassay.errors import UsageError
from medassay.types import Style

THINKING = (
    "Your task: 1. Think through the question step by step, enclose your reasoning process in "
    "<think>...</think> tags. 2. Then provide the answer, in the form asked for above, inside "
    "<answer>...</answer> tags. 3. No extra information or text outside of these tags."
)
"""The words of MedVLM-R1 and Med-R1, where the answer is "the correct single-letter choice"."""


@dataclass(frozen=True, kw_only=True)
class GroupRelativePolicy(Tuning):
    """Samples a group of answers to each question and makes those likelier that are rewarded above its mean.

    GRPO (Shao et al. 2024, arXiv 2402.03300) through TRL's GRPOTrainer: advantages (reward - mean) / standard
    deviation within a group, clipped ratios per token, a penalty on leaving the model before. `batch` counts
    answers, not questions. The weights of the look with the highest reward on validation are kept.

    Attributes:
        rewards: by name, several with "+", weighed as in "accuracy+0.5*format" (`medassay list rewards`).
        group: answers to each question.
        kl: weight of the divergence from the model before, in nats per token.
        epsilon: how far a token's ratio may go from 1.
        passes: over each group of answers; from the second on ratios differ from 1.
        temperature: of sampling.
        tokens: of an answer at most, now and in the model that is left.
        asks: "plain" as every run asks; "thinking" has it think between <think> tags and answer between
            <answer> tags, and the model that is left is always asked so.
    """

    rewards: str = "accuracy"
    group: int = 8
    kl: float = 0.01
    epsilon: float = 0.2
    passes: int = 1
    temperature: float = 1.0
    tokens: int = 256
    asks: Literal["plain", "thinking"] = "plain"
    rate: float = 1e-5
    dropout: float = 0.0
    patience: int = 0

    def __post_init__(self) -> None:
        Tuning.__post_init__(self)
        Mix.of(self.rewards)
        if self.method == "full":
            raise UsageError("grpo takes the model without its adapter as reference: method is lora or qlora")
        if self.group < 2 or self.passes < 1 or self.tokens < 1:
            raise UsageError("a group has at least 2 answers; passes and tokens are at least 1")
        if self.kl < 0 or self.epsilon <= 0 or self.temperature <= 0:
            raise UsageError("epsilon and temperature are above 0, kl is at least 0")
        if self.batch * self.accumulate % self.group:
            raise UsageError(
                f"batch={self.batch} times accumulate={self.accumulate} should be a multiple of "
                f"group={self.group}: a step holds whole groups"
            )

    def addressed(self, style: Style) -> Style:
        """With the words that ask for thinking, where they are wanted, and room for as many tokens."""
        longer = {**style.decoding, "max_tokens": self.tokens}
        return replace(style, decoding=longer, closing=THINKING if self.asks == "thinking" else style.closing)

    @training.own_draws()
    def __call__(self, lesson: Lesson) -> Tuned:
        """Learn.

        Raises:
            UsageError: qlora without a CUDA GPU, or a model that TRL cannot sample from.
            ModelError: a part that is named has nothing to train, or TRL would ask otherwise than evaluation.
            MissingExtra: peft, trl or bitsandbytes is not installed.
        """
        datasets, trl = needed("datasets", "trl")
        mix = Mix.of(self.rewards)
        pace = training.Pace.of(self, len(lesson.train), per_dialogue=self.group * self.passes)
        together = [*lesson.train, *training.looked_at(lesson, self)]
        first = lesson.train[0].request
        settings = training.arguments(lesson, self, pace, trl.GRPOConfig, **self._sampling(mix, first))
        held = prepare(lesson, self, per_dialogue=self.group * self.passes)
        if held.apart or not held.fused:
            raise UsageError("grpo needs a model that reads the question and writes the answer in one row")
        trainer = lasting(training.rated(trl.GRPOTrainer, self))(
            model=held.wrapped.model,
            args=settings,
            reward_funcs=judged_by(mix, lesson, together, held.ends, limit=self.tokens),
            train_dataset=datasets.Dataset.from_dict({"place": range(len(lesson.train))}),
            eval_dataset=datasets.Dataset.from_dict({"place": range(len(lesson.train), len(together))}),
            processing_class=lesson.model.prompter.processor,
            callbacks=training.callbacks(lesson, self),
        )
        trainer.data_collator = Asked(together)
        see_that_it_asks_alike(trainer, lesson.model.prompter, [each.request for each in together[:4]])
        training.run(trainer, lesson.place)
        rewards = [entry["eval_reward"] for entry in trainer.state.log_history if "eval_reward" in entry]
        return held.tuned(
            trainer,
            {
                "best_step": trainer.state.best_global_step,
                "validation_reward_before": rewards[0],
                "validation_reward": max(rewards[1:] or rewards),
            },
        )

    def _sampling(self, mix: Mix, first: Any) -> dict[str, Any]:
        """The arguments of TRL that others do not have."""
        return {
            "num_generations": self.group,
            "num_generations_eval": 1,
            "max_completion_length": self.tokens,
            "temperature": self.temperature,
            "beta": self.kl,
            "epsilon": self.epsilon,
            "num_iterations": self.passes,
            "loss_type": "grpo",
            "scale_rewards": "group",
            "reward_weights": list(mix.weights.values()),
            "chat_template_kwargs": switches(first),
            "metric_for_best_model": "eval_reward",
            "greater_is_better": True,
        }
