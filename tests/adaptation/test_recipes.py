"""Recipes on vectors: an encoder in which the answer is known."""

from types import MappingProxyType

import numpy as np
import pytest

from medassay import registry
from medassay.adaptation import RECIPES
from medassay.adaptation.examples import Examples
from medassay.adaptation.linear_probe import linear_probe
from medassay.adaptation.quality import log_loss, mean_auroc
from medassay.adaptation.recipe import Material
from medassay.adaptation.texts import zero_shot
from medassay.errors import DataError, UsageError
from medassay.models.encoded import Encoded
from medassay.models.encoder import VectorEncoder, unit
from medassay.models.heads import load_head
from medassay.types import Choice

D = 12


class Planted(VectorEncoder):
    """An encoder whose texts lie near, and not at, the classes' images."""

    identity = MappingProxyType({"planted": 1})
    scale_and_bias = (20.0, 0.0)

    def __init__(self):
        super().__init__(name="planted", batch=8)

    def load(self):
        pass

    def _images(self, images):
        raise AssertionError("recipes on vectors encode no images")

    def _texts(self, texts):
        return [np.eye(D, dtype=np.float32)[int(text.rstrip(".")[-1])] + 0.3 for text in texts]


class Held(Encoded):
    """Planted vectors are there already: nothing is kept on disk."""

    def __init__(self, encoder=None):
        self.encoder = encoder or Planted()


def examples(n, seed, classes=3, exclusive=True):
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(classes, D))
    right = rng.integers(classes, size=n)
    truth = np.eye(classes, dtype=np.float32)[right]
    if not exclusive:
        truth = (rng.random((n, classes)) < 0.4).astype(np.float32)
    vectors = truth @ centres + rng.normal(size=(n, D))
    return Examples(
        ids=tuple(f"{seed}-{i}" for i in range(n)),
        clusters=tuple(f"{seed}-{i}" for i in range(n)),
        images=((),) * n,
        choices=tuple(Choice(label=f"class {k}") for k in range(classes)),
        exclusive=exclusive,
        truth=truth,
        vectors=vectors.astype(np.float32),
    )


def material(classes=3, exclusive=True, n=300):
    train, validation = (examples(n, s, classes, exclusive) for s in (1, 2))
    return Material(train=train, validation=validation, encoder=Held(), seed=0)


FEATURE_RECIPES = ["linear-probe", "linear-probe@medvlmbench", "clip-adapter", "tip-adapter"]


@pytest.mark.parametrize("name", FEATURE_RECIPES)
def test_a_recipe_beats_the_zero_shot_model_and_its_head_comes_back_whole(name, tmp_path):
    held, test = material(), examples(600, 3)
    options = {"learning_rate": 1e-3} if "@" in name else {}
    learned = registry.load_attribute(RECIPES[name])(held, **options)
    before = zero_shot(Planted(), test)
    assert log_loss(learned.head.logits(test.vectors), test) < log_loss(before.logits(test.vectors), test)
    assert mean_auroc(learned.head.logits(test.vectors), test) > mean_auroc(before.logits(test.vectors), test)
    learned.head.save(tmp_path)
    again = load_head(tmp_path)
    np.testing.assert_array_equal(again.logits(test.vectors), learned.head.logits(test.vectors))
    assert (again.labels, again.digest) == (learned.head.labels, learned.head.digest)
    repeated = registry.load_attribute(RECIPES[name])(held, **options)
    assert repeated.head.digest == learned.head.digest  # seeded


def test_the_probe_is_the_regression_of_scikit_learn_at_its_cost():
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    held, test = material(), examples(200, 3)
    ours = linear_probe(held, cost=0.316).head
    scaler = StandardScaler().fit(held.train.vectors)
    theirs = LogisticRegression(C=0.316, max_iter=2000, tol=1e-8)
    theirs.fit(scaler.transform(held.train.vectors), held.train.classes)
    logits = ours.logits(test.vectors)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probs, theirs.predict_proba(scaler.transform(test.vectors)), atol=2e-3)


def test_two_classes_have_the_probabilities_of_one_logit():
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    held, test = material(classes=2), examples(200, 3, classes=2)
    head = linear_probe(held, cost=0.1).head
    scaler = StandardScaler().fit(held.train.vectors)
    theirs = LogisticRegression(C=0.1, tol=1e-8).fit(scaler.transform(held.train.vectors), held.train.classes)
    logits = head.logits(test.vectors)
    ours = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    np.testing.assert_allclose(ours, theirs.predict_proba(scaler.transform(test.vectors))[:, 1], atol=2e-3)


def test_labels_that_do_not_exclude_each_other_are_learned_each_for_itself():
    held = material(exclusive=False)
    held.train.truth[::7, 0] = np.nan  # nobody knows
    learned = linear_probe(held)
    test = examples(500, 3, exclusive=False)
    assert not learned.head.exclusive
    assert mean_auroc(learned.head.logits(test.vectors), test) > 0.8


def test_the_cost_is_chosen_on_validation_and_every_try_is_shown():
    learned = linear_probe(material())
    best = min(learned.curve, key=lambda row: row["validation_log_loss"])
    assert learned.settings["cost"] == best["cost"]
    assert len(learned.curve) == 15


def test_a_class_without_an_example_is_named():
    held = material()
    held.train.truth[held.train.truth[:, 2] == 1] = [1, 0, 0]
    with pytest.raises(DataError, match="'class 2' has no example"):
        linear_probe(held)


def test_log_loss_and_auroc_are_those_of_scikit_learn():
    from sklearn.metrics import log_loss as their_loss
    from sklearn.metrics import roc_auc_score

    test = examples(200, 3)
    logits = np.random.default_rng(0).normal(size=(200, 3)) + 2 * test.truth
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert log_loss(logits, test) == pytest.approx(their_loss(test.classes, probs))
    assert mean_auroc(logits, test) == pytest.approx(roc_auc_score(test.classes, probs, multi_class="ovr"))


def test_tip_adapter_is_its_formula():
    held, test = material(n=40), examples(30, 3)
    head = registry.load_attribute(RECIPES["tip-adapter"])(held).head
    alpha, beta = float(head.arrays["alpha"]), float(head.arrays["beta"])
    u, keys = unit(test.vectors), unit(held.train.vectors)
    texts = unit(np.eye(D)[:3] + 0.3)
    expected = 20 * u @ texts.T + alpha * np.exp(-beta * (1 - u @ keys.T)) @ held.train.truth
    np.testing.assert_allclose(head.logits(test.vectors), expected, rtol=1e-4)


def test_a_recipe_on_texts_says_that_an_encoder_has_none():
    class Blind(Planted):
        has_texts = False

    held = Material(train=examples(20, 1), validation=examples(20, 2), encoder=Held(Blind()), seed=0)
    with pytest.raises(UsageError, match="sees images only"):
        registry.load_attribute(RECIPES["tip-adapter"])(held)
