"""What a task needs and how it is asked and judged. Kinds follow from it, never from a gold answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from medassay.benchmarks.described import answers
from medassay.benchmarks.described.answers import Answer
from medassay.benchmarks.described.description import Description, TaskName
from medassay.benchmarks.described.tables import Line
from medassay.prompts import brief, plain
from medassay.types import Choice, Kind, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How a task is asked and judged.

    The first of `metrics` is the primary one. `question` is asked where the description has none; where it
    is empty the description must have one. `needs` are columns; `also` are columns and keys that this task
    may have and not every task has.
    """

    title: str
    kinds: tuple[Kind, ...]
    needs: tuple[str, ...]
    metrics: tuple[str, ...]
    answer: Callable[[Description, Line, Sequence[Choice]], Answer]
    question: str = ""
    prompt: Prompt = plain
    also: tuple[str, ...] = ()

    def takes(self, word: str) -> bool:
        """Whether a column or key means anything in this task."""
        return word in {*self.needs, *self.also} or word not in SPECIAL


_OF_LABELS = ("labels", "templates")
SPECIAL = ("answer", "options", "label", "box", "kind", *_OF_LABELS, "positive", "unit", "decimal")
"""Columns and keys that only some tasks have."""

TASKS: Mapping[TaskName, Task] = {
    "vqa": Task(
        title="visual question answering",
        kinds=("open", "closed", "yes/no"),
        needs=("image", "answer"),
        metrics=("accuracy", "token_f1", "bleu_1", "rouge_l"),
        answer=answers.free,
        prompt=brief,  # one wording, whatever the answer is
        also=("kind",),
    ),
    "yes/no": Task(
        title="visual question answering, yes or no",
        kinds=("yes/no",),
        needs=("image", "answer"),
        metrics=("accuracy", "balanced_accuracy", "auroc", "sensitivity", "specificity"),
        answer=answers.yes_no,
    ),
    "choice": Task(
        title="visual question answering, one option",
        kinds=("choice",),
        needs=("image", "options", "answer"),
        metrics=("accuracy",),
        answer=answers.one_option,
    ),
    "multi-choice": Task(
        title="visual question answering, some options",
        kinds=("multi-choice",),
        needs=("image", "options", "answer"),
        metrics=("accuracy",),
        answer=answers.some_options,
    ),
    "diagnosis": Task(
        title="diagnosis",
        kinds=("label",),
        needs=("image", "label"),
        metrics=("accuracy", "balanced_accuracy", "macro_f1", "auroc", "average_precision", "ece", "brier"),
        answer=answers.one_label,
        question="What does this image show?",
        also=(*_OF_LABELS, "positive"),
    ),
    "multilabel": Task(
        title="diagnosis, several labels",
        kinds=("multilabel",),
        needs=("image", "label"),
        metrics=("auroc_multilabel", "accuracy", "average_precision_multilabel", "macro_f1_multilabel"),
        answer=answers.some_labels,
        question="Which of these findings does this image show?",
        also=_OF_LABELS,
    ),
    "report": Task(
        title="report generation",
        kinds=("report",),
        needs=("image", "answer"),
        metrics=("rouge_l", "bleu_1", "bleu_4"),
        answer=answers.report,
        question="Describe the findings of this image.",
    ),
    "number": Task(
        title="measurement",
        kinds=("number",),
        needs=("image", "answer"),
        metrics=("mean_absolute_error", "mean_relative_error", "mean_relative_accuracy"),
        answer=answers.number,
        also=("unit", "decimal"),
    ),
    "box": Task(
        title="localisation",
        kinds=("box",),
        needs=("image", "box"),
        metrics=("box_iou", "box_accuracy_at_0.5", "box_f1_at_0.5"),
        answer=answers.boxes,
    ),
}
