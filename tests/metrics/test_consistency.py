"""Metrics of one question asked several ways, counted by hand and group by group."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.errors import DataError
from medassay.metrics import METRICS, score
from medassay.statistics import estimate_all
from medassay.types import Choice, Estimate, Kind, Measure, Response, Row, Sample, Target

NAMES = ("agreement", "unanimity", "content_change", "set_accuracy", "yes_rate")
CHANGES = ("flip_rate", "reverse_flip_rate", "accuracy_drop", "abandoned", "corrected")


def asked(groups: dict[str, list[tuple[str, str]]], kind: Kind = "yes/no") -> list[Row]:
    """Rows of (gold, answer) by group; the first of a group is the plain one."""
    rows = []
    for group, pairs in groups.items():
        for i, (gold, answer) in enumerate(pairs):
            sample = Sample(
                id=f"{group}-{i}",
                kind=kind,
                question="?",
                target=Target(texts=(gold,)),
                group=group,
                cluster=group,
                tags={"condition": "clean" if i == 0 else "changed"},
            )
            response = Response(text=answer)
            rows.append(Row(sample=sample, response=response, score=score(sample, response)))
    return rows


def found(rows: list[Row], names: tuple[str, ...] = NAMES) -> dict[str, Estimate]:
    measures = [Measure(metric=name) for name in names]
    return {e.metric: e for e in estimate_all(rows, measures, METRICS, seed="s", draws=50)}


PHRASINGS = {
    "firm": [("yes", "yes"), ("yes", "yes"), ("yes", "yes")],  # 3 of 3 pairs, right
    "firmly wrong": [("yes", "no"), ("yes", "no")],  # 1 of 1
    "wavering": [("no", "no"), ("no", "yes"), ("no", "no")],  # 1 of 3
    "mute": [("no", "no"), ("no", ""), ("no", "no")],  # 1 of 3: the unread answer agrees with none
}


def test_of_four_questions_in_several_words():
    by_name = found(asked(PHRASINGS))
    assert by_name["agreement"].value == pytest.approx((1 + 1 + 1 / 3 + 1 / 3) / 4)
    assert by_name["unanimity"].value == 2 / 4
    assert by_name["set_accuracy"].value == 1 / 4
    assert by_name["content_change"].value == pytest.approx(1 / 3)  # of the three read throughout
    assert by_name["yes_rate"].value == pytest.approx(4 / 10)


ANSWERS = st.lists(st.sampled_from(["yes", "no", ""]), min_size=2, max_size=5)


@given(st.lists(ANSWERS, min_size=1, max_size=6))
def test_agreement_pair_by_pair(groups):
    expected = []
    for answers in groups:
        pairs = list(combinations(answers, 2))
        expected.append(sum(a == b != "" for a, b in pairs) / len(pairs))
    rows = asked({f"{i}": [("yes", a) for a in answers] for i, answers in enumerate(groups)})
    by_name = found(rows)
    assert by_name["agreement"].value == pytest.approx(sum(expected) / len(expected))
    assert by_name["unanimity"].value == pytest.approx(sum(e == 1 for e in expected) / len(expected))


def turned(answers: list[str]) -> list[Row]:
    """One question under three rotations of its options; cyst is right."""
    orders = ("cyst", "mass", "clear"), ("mass", "clear", "cyst"), ("clear", "cyst", "mass")
    rows = []
    for i, (order, answer) in enumerate(zip(orders, answers, strict=True)):
        sample = Sample(
            id=f"{i}",
            kind="choice",
            question="?",
            choices=tuple(Choice(label=label) for label in order),
            target=Target(texts=("ABC"[order.index("cyst")],)),
            group="g",
        )
        response = Response(text=answer)
        rows.append(Row(sample=sample, response=response, score=score(sample, response)))
    return rows


def test_the_letter_moves_with_the_content():
    moved, stuck = turned(["A", "C", "B"]), turned(["A", "A", "A"])
    names = ("unanimity", "content_change", "set_accuracy", "letter_bias")
    by_name = found(moved, names)
    assert [by_name[n].value for n in names] == [1, 0, 1, 0]
    by_name = found(stuck, names)
    assert [by_name[n].value for n in names[:3]] == [0, 1, 0]
    assert by_name["letter_bias"].value == pytest.approx((2 / 3 + 1 / 3 + 1 / 3) / 2)


CHANGED = {
    "kept": [("yes", "yes"), ("yes", "yes")],
    "lost": [("yes", "yes"), ("yes", "no")],
    "muted": [("yes", "yes"), ("yes", ""), ("yes", "yes")],  # half of its changed rows
    "won": [("yes", "no"), ("yes", "yes")],
    "wrong": [("yes", "no"), ("yes", "no")],
}


def test_of_five_questions_before_and_after():
    by_name = found(asked(CHANGED), CHANGES)
    assert by_name["flip_rate"].value == pytest.approx((1 + 1 / 2) / 5)
    assert by_name["reverse_flip_rate"].value == pytest.approx(1 / 5)
    assert by_name["accuracy_drop"].value == pytest.approx(3 / 5 - (1 + 0 + 1 / 2 + 1 + 0) / 5)
    assert by_name["abandoned"].value == pytest.approx((1 + 1 / 2) / 3)
    assert by_name["corrected"].value == pytest.approx(1 / 2)


@given(st.lists(ANSWERS, min_size=1, max_size=6))
def test_changes_group_by_group(groups):
    right = [[a == "yes" for a in answers] for answers in groups]
    lost = [sum(first and not r for r in rest) / len(rest) for first, *rest in right]
    won = [sum(not first and r for r in rest) / len(rest) for first, *rest in right]
    rows = asked({f"{i}": [("yes", a) for a in answers] for i, answers in enumerate(groups)})
    by_name = found(rows, CHANGES)
    before = sum(first for first, *_ in right)
    assert by_name["flip_rate"].value == pytest.approx(sum(lost) / len(groups))
    assert by_name["reverse_flip_rate"].value == pytest.approx(sum(won) / len(groups))
    assert by_name["accuracy_drop"].value == pytest.approx((sum(lost) - sum(won)) / len(groups))
    nothing = float("nan")
    assert by_name["abandoned"].value == pytest.approx(sum(lost) / before if before else nothing, nan_ok=True)
    wrong = len(groups) - before
    assert by_name["corrected"].value == pytest.approx(sum(won) / wrong if wrong else nothing, nan_ok=True)


def test_each_group_needs_its_plain_row():
    rows = asked(CHANGED)
    with pytest.raises(DataError, match="condition=clean"):
        found(rows[1:], CHANGES)
