"""Direct preference optimisation: a right answer preferred to a wrong one, by as much as a file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medassay.adaptation.generative import training
from medassay.adaptation.generative.batches import Collator
from medassay.adaptation.generative.dialogues import Dialogue
from medassay.adaptation.generative.lesson import Lesson, Tuned
from medassay.adaptation.generative.libraries import needed
from medassay.adaptation.generative.material import prepare
from medassay.adaptation.generative.pairs import Pair, pairs_of
from medassay.adaptation.generative.preference_loss import Shape
from medassay.adaptation.generative.preferences import Folder, read_pairs
from medassay.adaptation.generative.preferring import PairCollator, preferring
from medassay.adaptation.generative.tuning import Tuning
from medassay.errors import DataError, UsageError


@dataclass(frozen=True, kw_only=True)
class DirectPreference(Tuning):
    """Makes the chosen answer of a pair likelier than the rejected one, against the model before (DPO).

    The pairs are those of a file, else the right answer of each training sample against a wrong one of its
    kind. Rafailov et al. 2023, arXiv 2305.18290; weights as in MMedPO, arXiv 2412.06141.

    Attributes:
        pairs: a file as RULE, MMed-RAG and MMedPO publish it, or JSON Lines; "": pairs are made.
        images: the folder that the file names its images from; "": its own.
        noise: standard deviation of the noise in place of images that the file marks, in units of the full
            range: 1 as in MMed-RAG, 10 as in MMedPO.
        weighted: whether pairs count by the file's weights, or all alike.
        beta: how dear it is to leave the model before.
        loss: "sigmoid", or "hinge".
    """

    pairs: str = ""
    images: str = ""
    noise: float = 1.0
    weighted: bool = True
    beta: float = 0.1
    loss: Shape = "sigmoid"
    rate: float = 5e-5
    dropout: float = 0.0

    def __post_init__(self) -> None:
        Tuning.__post_init__(self)
        if self.method == "full":
            raise UsageError("dpo takes the model without its adapter as reference: method is lora or qlora")
        if self.beta <= 0 or self.noise <= 0:
            raise UsageError("beta and noise are above 0")

    @property
    def brought(self) -> str:
        """The name of the file."""
        return Path(self.pairs).name

    def brings(self, seed: int, /) -> list[Pair]:
        """The pairs of the file; none where they are made of the benchmark.

        Raises:
            DataError: the file or a row of it is malformed.
        """
        if not self.pairs:
            return []
        path = Path(self.pairs).expanduser()
        root = Path(self.images).expanduser() if self.images else path.parent
        return read_pairs(path, Folder(root=root, sd=self.noise, seed=seed))

    @training.own_draws()
    def __call__(self, lesson: Lesson) -> Tuned:
        """Learn.

        Raises:
            DataError: no pairs can be made of what there is.
            UsageError: qlora without a CUDA GPU, or a model that does not read and write in one row.
            ModelError: a part that is named has nothing to train.
            MissingExtra: peft, datasets or bitsandbytes is not installed.
        """
        datasets, transformers = needed("datasets", "transformers")
        train, lost = self._paired(lesson, lesson.train, "training")
        validation, _ = self._paired(lesson, lesson.validation, "validation")
        lesson = replace(
            lesson, train=[p.preferred for p in train], validation=[p.preferred for p in validation]
        )
        by_id = {pair.id: pair for pair in validation}
        together = [*train, *(by_id[dialogue.id] for dialogue in training.looked_at(lesson, self))]
        pace = training.Pace.of(self, len(train))
        settings = training.arguments(
            lesson, self, pace, transformers.TrainingArguments, prediction_loss_only=True
        )
        held = prepare(lesson, self)
        if held.apart:
            raise UsageError("dpo needs a model that reads the question and writes the answer in one row")
        made = preferring(training.rated(transformers.Trainer, self), beta=self.beta, shape=self.loss)
        trainer = made(
            model=held.wrapped.model,
            args=settings,
            data_collator=PairCollator(Collator(lesson.model.prompter, held.ends, []), together),
            train_dataset=datasets.Dataset.from_dict({"place": range(len(train))}),
            eval_dataset=datasets.Dataset.from_dict({"place": range(len(train), len(together))}),
            callbacks=training.callbacks(lesson, self),
        )
        training.run(trainer, lesson.place)
        looks = [entry for entry in trainer.state.log_history if "eval_loss" in entry]
        best = min(looks[1:] or looks, key=lambda entry: entry["eval_loss"])
        return held.tuned(
            trainer,
            {
                "pairs": len(train),
                "without_a_wrong_answer": len(lost),
                "best_step": trainer.state.best_global_step,
                "validation_loss_before": looks[0]["eval_loss"],
                "validation_loss": best["eval_loss"],
                "validation_margin": best["eval_rewards/margin"],
                "validation_preferred": best["eval_rewards/accuracy"],
            },
        )

    def _paired(
        self, lesson: Lesson, dialogues: Sequence[Dialogue], part: str
    ) -> tuple[list[Pair], list[str]]:
        """The pairs of some dialogues, weighed as the options say."""
        if lesson.pairs:
            held, lost = [lesson.pairs[dialogue.id] for dialogue in dialogues], list[str]()
        else:
            held, lost = pairs_of(dialogues, lesson.samples, seed=lesson.seed)
        if not held:
            raise DataError(f"no pairs can be made of the {part} part; the first reason: {lost[0]}")
        return (held if self.weighted else [replace(pair, weight=1.0) for pair in held]), lost


@dataclass(frozen=True, kw_only=True)
class MMedPOPreference(DirectPreference):
    """The recipe that RULE, MMed-RAG and MMedPO publish in common: rank 128, alpha 256, rate 1e-7, 3 epochs.

    One pair a step. The projector is trained too, at 2e-5. Noise is MMedPO's, black and white; `noise=1` is
    MMed-RAG's. They validate on nothing; here the weights of the best look at validation are kept. ZeRO-3 as
    published: `--sharding zero3`.
    """

    parts: str = "language+projector"
    noise: float = 10.0
    rank: int = 128
    alpha: int = 256
    dropout: float = 0.05
    rate: float = 1e-7
    projector_rate: float | None = 2e-5
    batch: int = 1
    patience: int = 0
