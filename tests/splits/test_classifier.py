"""What the classifier of reasoning is worth, on the authors' own labels and on made-up ones."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, confusion_matrix, roc_auc_score

from medassay.benchmarks.medxpertqa import MM, TEXT
from medassay.errors import DataError
from medassay.splits.classifier import cross_validate, fit, gain, predicted, validated
from medassay.splits.counting import Counter, text_of
from medassay.splits.families import families, stem
from medassay.types import Case, Image, Where


def case(i, question, *images):
    return Case(id=str(i), kind="open", question=question, images=tuple(Image(uri=uri) for uri in images))


def test_one_stem_or_one_image_is_one_family_also_over_others():
    held = families(
        [
            case(0, "A man of 20. What is it?", "a"),
            case(1, "a man of 31: what is it?", "b"),
            case(2, "Which bone?", "b"),
            case(3, "Which nerve?", "c"),
        ]
    )
    assert held[0] == held[1] == held[2] != held[3]


def test_questions_without_words_are_no_family():
    assert stem("12 ?") == ""
    assert len(set(families([case(0, "1?"), case(1, "2?")]))) == 2


def test_a_family_is_never_on_both_sides():
    """Labels that only a family's own words give away are not found in families left out."""
    words = [f"{'abcdefghij'[k % 10] * 3}{k}" for k in range(40) for _ in range(5)]
    labels = np.repeat(np.random.default_rng(0).random(40) < 0.5, 5)
    probability = cross_validate(Counter(words)(words), labels, np.repeat(np.arange(40), 5))
    assert 0.2 < roc_auc_score(labels, probability) < 0.8


def test_too_few_families_say_so():
    with pytest.raises(DataError, match="2 families of one label"):
        cross_validate(
            Counter(["one two"])(["one two"] * 8), np.array([True] * 6 + [False] * 2), np.arange(8)
        )


def test_counting_once_gives_what_reading_every_fold_gives():
    """scikit-learn's own vectorisers on the texts of a fold, with its own words and its own frequencies."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = np.random.default_rng(0).choice(["lung", "lesion", "biopsy", "treat", "next step"], (60, 6))
    held = [" ".join(row) for row in words]
    labels = np.array(["next" in text for text in held])
    counted, train, test = Counter(held)(held), np.arange(40), np.arange(40, 60)
    ours = counted.regression().fit(counted[train].matrix, labels[train])
    theirs = make_pipeline(
        make_union(
            TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2),
            TfidfVectorizer(sublinear_tf=True, ngram_range=(3, 5), min_df=3, analyzer="char_wb"),
        ),
        LogisticRegression(max_iter=1000),
    ).fit(held[:40], labels[train])
    np.testing.assert_allclose(
        ours.predict_proba(counted[test].matrix), theirs.predict_proba(held[40:]), rtol=1e-6
    )


@pytest.fixture(scope="module")
def known(shared_data):
    return list(
        MM.load(Where(root=shared_data / "medxpertqa", split="test", variant="github", pictures=False))
    )


def texts(samples):
    return [text_of(sample) for sample in samples]


def reasoning(samples):
    return np.array([sample.tags["skill"] == "reasoning" for sample in samples])


def test_on_the_authors_questions_without_images_it_is_worth_less(known, shared_data):
    """Other questions by the same authors, with ten options and no image; none shares a stem."""
    where = Where(root=shared_data / "medxpertqa", split="test", variant="sampled", pictures=False)
    others = list(TEXT.load(where))
    both = families([*known, *others])
    assert not set(both[: len(known)]) & set(both[len(known) :])
    count = Counter(texts(known))
    fitted = fit(count(texts(known)), reasoning(known), families(known))
    probability = predicted(fitted, count(texts(others)))
    found = validated(probability, reasoning(others), families(others))
    assert (found.n, found.families) == (244, 244)
    assert found.auroc == pytest.approx(0.764, abs=0.02)
    assert found.low is not None
    assert found.low > 0.5


def test_the_authors_labels_are_predicted_above_the_floor(known):
    labels, held = reasoning(known), families(known)
    probability = cross_validate(Counter(texts(known))(texts(known)), labels, held)
    found = validated(probability, labels, held)
    assert found.auroc == pytest.approx(roc_auc_score(labels, probability))
    assert found.brier == pytest.approx(brier_score_loss(labels, probability))
    counts = [found.true_no, found.false_yes, found.missed_yes, found.true_yes]
    assert counts == confusion_matrix(labels, probability >= 0.5).ravel().tolist()
    assert (found.n, found.majority) == (2000, 1446 / 2000)
    assert found.low is not None
    assert found.low > 0.8
    assert found.auroc > 0.84
    assert found.accuracy > found.majority
    assert found.brier < found.brier_base


def test_vectors_that_know_the_label_are_found_and_those_that_know_the_family_are_not():
    generator = np.random.default_rng(1)
    held = np.repeat(np.arange(60), 3)
    labels = np.repeat(generator.random(60) < 0.5, 3)
    noise = generator.normal(size=(180, 8))
    knows = cross_validate(noise + 2 * labels[:, None], labels, held)
    blind = cross_validate(np.repeat(generator.normal(size=(60, 8)), 3, axis=0), labels, held)
    assert roc_auc_score(labels, knows) > 0.95
    assert 0.2 < roc_auc_score(labels, blind) < 0.8
    more = gain(knows, blind, labels, held)
    assert more.value == pytest.approx(roc_auc_score(labels, knows) - roc_auc_score(labels, blind))
    assert 0 < more.low < more.value < more.high
    assert gain(knows, knows, labels, held).low is None
