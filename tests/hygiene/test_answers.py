"""What the answers give away, against numbers worked out by hand or by scipy."""

import pytest
from scipy.stats import chisquare

from medassay.hygiene.answers import answers

from .kit import asked, choice, part


def found(held, training=None):
    return {finding.check.partition(":")[0]: finding for finding in answers(held, training)}


def test_a_key_that_leans_to_a_letter():
    keys = "A" * 30 + "B" * 10 + "C" * 10
    held = part("test", *(choice(f"q{i}", key, ["x", "y", "z"]) for i, key in enumerate(keys)))
    finding = found(held)["key balance"]
    assert finding.severity == "warning"
    assert f"chi-square {chisquare([30, 10, 10]).statistic:.1f}, 2 degrees" in finding.sentence
    assert finding.table is not None
    assert finding.table.rows == (("A", "30", "60.0 %"), ("B", "10", "20.0 %"), ("C", "10", "20.0 %"))


def test_questions_with_fewer_options_do_not_make_the_first_letters_lean():
    two = [choice(f"two {i}", "AB"[i % 2], ["x", "y"]) for i in range(60)]
    four = [choice(f"four {i}", "ABCD"[i % 4], ["w", "x", "y", "z"]) for i in range(60)]
    finding = found(part("test", *two, *four))["key balance"]
    assert "chi-square 0.0, 4 degrees of freedom" in finding.sentence
    assert finding.severity == "note"


def test_yes_and_no_by_an_exact_test():
    held = part("test", *(asked(f"q{i}", "yes" if i < 9 else "no") for i in range(10)))
    assert "p = 0.021" in found(held)["yes and no"].sentence  # 2 * (1 + 10) / 1024
    assert found(held)["yes and no"].severity == "note"


def test_the_longest_option_with_ties_shared():
    labels = ["the long one", "short", "tiny"]
    right = [choice(f"r{i}", "A", labels) for i in range(20)]
    tied = [choice("t", "B", ["same", "size", "xy"])]
    finding = found(part("test", *right, *tied))["longest option"]
    assert finding.severity == "warning"
    assert "right for 97.6 % of the 21 choice questions of test; chance gives 33.3 %" in finding.sentence


def test_options_of_one_length_say_nothing():
    finding = found(part("test", *(choice(f"q{i}", "A", ["aa", "bb"]) for i in range(9))))["longest option"]
    assert finding.severity == "note"
    assert "p = 1.000" in finding.sentence


@pytest.mark.parametrize("with_training", [True, False])
def test_baselines_without_an_image(with_training):
    def ask(id, words, answer, cluster):
        return asked(id, answer, question=words, cluster=cluster)

    test = part(
        "test",
        ask("a", "Is it a CT?", "yes", "p1"),
        ask("b", "is it a CT?", "yes", "p2"),
        ask("c", "Is it broken?", "no", "p3"),
        ask("d", "Is it new?", "yes", "p3"),
    )
    train = part("train", ask("x", "Is it broken?", "no", "p8"), ask("y", "Is it old?", "no", "p9"))
    (row,) = found(test, train if with_training else None)["baselines"].table.rows
    # trained: a, b and d unknown, so the most frequent "no"; c is known. Alone: a and b from each other,
    # c is seen only in its own cluster, so the most frequent elsewhere ("yes"), which is right for d
    assert row == ("yes/no", "4", "75.0 %", "–", "25.0 %" if with_training else "75.0 %")


def test_a_broken_key_is_no_baseline():
    assert found(part("test", choice("a", "Z", ["x", "y"]))) == {}


def test_of_a_choice_the_words_are_learned_and_else_the_letter():
    """The same question with its options in another order has the same answer under another letter."""
    held = part(
        "test",
        choice("a", "A", ["CT", "MRI"], question="Which modality?"),
        choice("b", "B", ["MRI", "CT"], question="Which modality?"),
        choice("c", "B", ["x", "y"], question="Once?"),
        choice("d", "B", ["x", "y"], question="Only once?"),
    )
    assert found(held)["baselines"].table.rows == (("choice", "4", "75.0 %", "25.0 %", "100 %"),)
