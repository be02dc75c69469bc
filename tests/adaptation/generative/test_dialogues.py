"""What is taught is what the benchmark itself would read as right."""

from dataclasses import replace
from itertools import islice

import pytest

from medassay.adaptation.generative.dialogues import answer_of, dialogues
from medassay.types import Response, Style
from medassay.workflows.resolve import resolve_benchmark

REAL = (
    ("vqa-rad@osf", "vqa_rad", "train"),
    ("vqa-rad@mevf", "vqa_rad", "test"),
    ("slake@en", "slake", "validation"),
    ("slake@zh", "slake", "validation"),
    ("medxpertqa-mm@github", "medxpertqa", "test"),
    ("medxpertqa-text@sampled", "medxpertqa", "test"),
    ("idrid", "idrid", "train"),
    ("pneumoniamnist@28", "pneumoniamnist", "val"),
    ("chestxray14@grouped", "chestxray14", "train"),
    ("chestxray14-boxes", "chestxray14", "test"),
    ("rad-restruct", "radrestruct", "test"),
    ("rocov2@files", "rocov2_sample", "test"),
    ("ham10000@official", "ham10000", "test"),
    ("mediconfusion", "mediconfusion", "test"),
    ("vqa-med-2019", "vqa_med_2019", "test"),
)
LEAST = {"box_iou": 0.8}  # whole pixels of small boxes
NOT_SCORED = {"not sure"}  # four answers of VQA-RAD, which its scorer leaves out


def faults(task, samples):
    """The samples whose taught answer is not scored as right, with how it is."""
    for sample in samples:
        answer = answer_of(sample)
        values = task.benchmark.scorer(sample, Response(text=answer, finish_reason="stop")).values
        if "absolute_error" in values:
            right = values["relative_error"] < 5e-3  # three digits
        else:
            right = values and all(value >= LEAST.get(name, 1.0) for name, value in values.items())
        if not right and answer.lower().strip(".") not in NOT_SCORED:
            yield sample.id, sample.kind, answer, values


@pytest.mark.parametrize("split", ["train", "test"])
def test_what_is_taught_of_phantom_is_right(split):
    task = resolve_benchmark("phantom:n=24", split=split)
    samples = list(task.samples())
    assert {sample.kind for sample in samples} >= {
        "yes/no",
        "choice",
        "open",
        "label",
        "number",
        "box",
        "report",
    }
    assert not list(faults(task, samples))
    held, lost = dialogues(samples, task.benchmark.prompt, Style())
    assert (len(held), lost) == (len(samples), [])


@pytest.mark.parametrize(("word", "folder", "split"), REAL)
def test_what_is_taught_of_real_files_is_right(shared_data, word, folder, split):
    task = resolve_benchmark(word, data=shared_data / folder, split=split, fetch=False).without_pictures()
    samples = list(islice(task.samples(), 2000))
    assert samples
    assert not list(faults(task, samples))


def test_an_answer_that_nobody_knows_is_not_taught():
    task = resolve_benchmark("phantom@vqa:n=4")
    sample = next(iter(task.samples()))
    unknown = replace(sample, target=type(sample.target)())
    held, lost = dialogues([sample, unknown], task.benchmark.prompt, Style())
    assert [one.id for one in held] == [sample.id]
    assert lost == [f"{sample.id}: it has no answer that could be taught"]
