"""Sentences for labels: what a set of them is worth, and how one is chosen."""

from dataclasses import replace

import numpy as np
import pytest
from tests.adaptation.test_recipes import Planted, material

from medassay.adaptation.ensemble import OWN, TEMPLATES, zero_shot_ensemble
from medassay.errors import UsageError
from medassay.models.encoder import unit
from medassay.types import Choice


class Wordy(Planted):
    """Its texts lie the nearer to their class the longer they are, with a part of their own."""

    def _texts(self, texts):
        made = []
        for text in texts:
            vector = np.eye(12, dtype=np.float32)[int(text.rstrip(".")[-1])] * len(text)
            made.append(vector + 10 * np.eye(12, dtype=np.float32)[len(text) % 12])
        return made


def wordy():
    held = material()
    held.encoder.encoder = Wordy()
    return held


def test_a_label_is_the_mean_of_the_unit_vectors_of_its_sentences():
    held = wordy()
    learned = zero_shot_ensemble(held, templates="medical")
    texts = [sentence.replace("{}", "class 1") for sentence in TEMPLATES["medical"]]
    by_hand = unit(unit(np.stack(held.encoder.encoder._texts(texts))).mean(axis=0))
    np.testing.assert_allclose(learned.head.arrays["texts"][1], by_hand, rtol=1e-6)
    assert (learned.trained, learned.settings["templates"]) == (0, "medical")


def test_validation_chooses_and_training_is_not_looked_at():
    held = wordy()
    learned = zero_shot_ensemble(held)
    losses = [row["validation_log_loss"] for row in learned.curve]
    assert len(losses) == 1 + len(TEMPLATES)
    assert learned.settings["templates"] == [OWN, *TEMPLATES][int(np.argmin(losses))]
    scrambled = replace(held.train, truth=held.train.truth[::-1], vectors=held.train.vectors * 0)
    assert zero_shot_ensemble(replace(held, train=scrambled)).head.digest == learned.head.digest


def test_own_texts_and_a_file(tmp_path):
    held = wordy()
    choices = tuple(Choice(label=f"class {k}", texts=(f"told as {k}",)) for k in range(3))
    told = replace(held, train=replace(held.train, choices=choices))
    assert (
        zero_shot_ensemble(told, templates=OWN).head.digest
        != zero_shot_ensemble(held, templates=OWN).head.digest
    )
    path = tmp_path / "sentences.txt"
    path.write_text("\n".join(TEMPLATES["fundus"]) + "\n")
    ours, theirs = (zero_shot_ensemble(held, templates=name).head for name in (str(path), "fundus"))
    assert ours.digest == theirs.digest
    path.write_text("an image\n")
    with pytest.raises(UsageError, match=r"sentences.txt:1: .* should have one"):
        zero_shot_ensemble(held, templates=str(path))
    with pytest.raises(UsageError, match="one of auto, own, plain"):
        zero_shot_ensemble(held, templates="poetry")
