"""Supervised fine-tuning: the answers of a benchmark's training part, learned as they will be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from medassay.adaptation.generative import training
from medassay.adaptation.generative.batches import IGNORED, Collator
from medassay.adaptation.generative.lesson import Lesson, Tuned
from medassay.adaptation.generative.libraries import needed
from medassay.adaptation.generative.material import prepare
from medassay.adaptation.generative.tuning import Method, Tuning


@dataclass(frozen=True, kw_only=True)
class SupervisedFineTuning(Tuning):
    """Maximises the likelihood of the right answer's tokens after the prompt of evaluation.

    Only the answer is learned, with the token that ends it. Through TRL's SFTTrainer, which never holds the
    logits of a whole prompt; families whose decoder stands apart from what reads the prompt (BLIP, Flan-T5)
    through transformers' Trainer.
    """

    @training.own_draws()
    def __call__(self, lesson: Lesson) -> Tuned:
        """Learn.

        Raises:
            UsageError: qlora without a CUDA GPU.
            ModelError: a part that is named has nothing to train.
            MissingExtra: peft, trl or bitsandbytes is not installed.
        """
        datasets, trl, transformers = needed("datasets", "trl", "transformers")
        pace = training.Pace.of(self, len(lesson.train))
        settings = training.arguments(  # before the weights are read: DeepSpeed lays them out as they come
            lesson,
            self,
            pace,
            trl.SFTConfig,
            max_length=None,
            packing=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            prediction_loss_only=True,
            router_aux_loss_coef=0.0,  # of the answers alone: routers are not what is taught
        )
        held = prepare(lesson, self)
        looked_at = training.looked_at(lesson, self)
        together = [*lesson.train, *looked_at]
        own = not held.fused or held.apart
        through = _by_tokens(transformers.Trainer, apart=held.apart) if own else trl.SFTTrainer
        trainer = training.rated(through, self)(
            model=held.wrapped.model,
            args=settings,
            data_collator=Collator(lesson.model.prompter, held.ends, together, apart=held.apart),
            train_dataset=datasets.Dataset.from_dict({"place": range(len(lesson.train))}),
            eval_dataset=datasets.Dataset.from_dict({"place": range(len(lesson.train), len(together))}),
            processing_class=lesson.model.prompter.tokenizer,  # not every processor can be written
            callbacks=training.callbacks(lesson, self),
        )
        training.run(trainer, lesson.place)
        losses = [entry["eval_loss"] for entry in trainer.state.log_history if "eval_loss" in entry]
        return held.tuned(
            trainer,
            {
                "best_step": trainer.state.best_global_step,
                "validation_loss_before": losses[0],
                "validation_loss": min(losses[1:] or losses),
            },
        )


@dataclass(frozen=True, kw_only=True)
class MedVLMBenchFineTuning(SupervisedFineTuning):
    """The README recipe of MedVLMBench: rank 128, alpha 256, the projector at 2e-5, one epoch, batches of 16.

    There `--tune_modules` takes V, M and L; here `parts=VML` does too. Its published prompts for training
    were not those of its evaluation; here they are. ZeRO-3 as published: `--sharding zero3`.
    """

    parts: str = "vision+projector+language"
    rank: int = 128
    alpha: int = 256
    projector_rate: float | None = 2e-5
    epochs: float = 1.0
    accumulate: int = 2
    method: Method = field(default="lora")


def _by_tokens(trainer: Any, *, apart: bool) -> Any:
    """The trainer's class with the mean loss over the learned tokens of a step, as TRL has it.

    The BLIP line is told how many tokens a step has, and does not look: batches that are added up would be
    summed without a mean, or count alike however long their answers are.
    """

    class ByTokens(trainer):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.model_accepts_loss_kwargs = True  # tokens are counted, and no step is divided again

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            from torch.nn.functional import cross_entropy

            outputs, labels = model(**inputs), inputs["labels"]
            said, learned = (outputs.logits, labels) if apart else (outputs.logits[:, :-1], labels[:, 1:])
            total = cross_entropy(
                said.float().flatten(0, 1), learned.flatten(), ignore_index=IGNORED, reduction="sum"
            )
            if num_items_in_batch is None:
                loss = total / (learned != IGNORED).sum()
            else:  # of all processes, over which gradients are averaged
                loss = total / num_items_in_batch * self.accelerator.num_processes
            return (loss, outputs) if return_outputs else loss

    return ByTokens
