"""A training that is killed goes on as if it had not been; what validation liked best is what is left."""

import pickle
import random
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from tests.adaptation.generative.conftest import dialogue, leave

pytest.importorskip("trl", reason="trl is not installed")

from safetensors.torch import load_file

from medassay.adaptation.generative.sft import SupervisedFineTuning

LONG = SupervisedFineTuning(
    parts="VML", rank=4, batch=1, epochs=3, steps=8, checks=4, patience=2, rate=1e-2, dropout=0.1, warmup=0.0
)
KILLED = """
import os, pickle, signal, sys
import torch
torch.set_num_threads(1)
from dataclasses import replace
from medassay.adaptation.generative.lesson import Lesson
from medassay.models.transformers import TransformersModel

recipe, held, at = pickle.load(open(sys.argv[1], "rb"))
def told(moment):
    if moment.step >= at:
        os.kill(os.getpid(), signal.SIGKILL)
recipe(Lesson(**held, model=TransformersModel(held["source"], device="cpu"), progress=told))
"""


def weights(learned, folder):
    learned.save(folder)
    return load_file(folder / "adapter_model.safetensors")


def test_a_killed_training_ends_as_an_undisturbed_one(lesson, tmp_path):
    undisturbed = LONG(lesson("llava", place=tmp_path / "undisturbed"))
    given = lesson("llava", place=tmp_path / "killed")
    names = ("source", "revision", "train", "validation", "samples", "scorer", "seed", "place")
    at = random.SystemRandom().randint(3, 8)
    (tmp_path / "told").write_bytes(pickle.dumps((LONG, {name: getattr(given, name) for name in names}, at)))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "told")], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    assert list((tmp_path / "killed").glob("checkpoint-*"))
    half = tmp_path / "killed" / "checkpoint-99"  # of a process that was killed while it wrote
    half.mkdir()
    (half / "adapter_model.safetensors").write_bytes(b"half")
    gone_on = LONG(given)
    assert not half.exists()
    assert gone_on.settings == undisturbed.settings, f"killed at step {at}"
    one, other = weights(undisturbed, tmp_path / "a"), weights(gone_on, tmp_path / "b")
    assert all(one[name].equal(other[name]) for name in one), f"killed at step {at}"
    assert [row["validation_loss"] for row in gone_on.curve] == pytest.approx(
        [row["validation_loss"] for row in undisturbed.curve], nan_ok=True
    )


def test_the_best_and_not_the_last_weights_are_left(lesson, pictures, tmp_path):
    """Validation that contradicts what is learned: the longer, the worse."""
    wrong = [dialogue(pictures[0], "what modality is this image?", "histology")]
    recipe = replace(LONG, rate=3e-2, steps=12, checks=6, patience=0, schedule="constant", dropout=0.0)
    given = lesson("llava", validation=wrong)
    learned = recipe(given)
    seen = {row["step"]: row["validation_loss"] for row in learned.curve if row["validation_loss"] > 0}
    after = {step: loss for step, loss in seen.items() if step > 0}
    assert learned.settings["validation_loss"] == min(after.values()) < after[max(after)]
    assert learned.settings["best_step"] == min(after, key=after.__getitem__)
    model = leave(learned, given.model, tmp_path / "taught")
    again = replace(recipe, steps=1, checks=1)(
        lesson(tmp_path / "taught", validation=wrong, place=tmp_path / "x")
    )
    assert again.settings["validation_loss_before"] == pytest.approx(min(after.values()), rel=1e-4)
    assert model.checkpoint.base is not None


def test_it_ends_when_validation_does_not_improve(lesson, pictures):
    wrong = [dialogue(pictures[0], "what modality is this image?", "histology")]
    recipe = replace(LONG, rate=3e-2, epochs=10, steps=40, checks=40, schedule="constant", dropout=0.0)
    learned = recipe(lesson("llava", validation=wrong))
    after_best = [row["step"] for row in learned.curve if row["step"] > learned.settings["best_step"]]
    assert len(after_best) == recipe.patience == 2
    assert learned.curve[-1]["step"] < learned.settings["steps"] == 40
