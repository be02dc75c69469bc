"""Label balance: overall, by group, and with several labels at once."""

from medassay.hygiene.labels import labels
from medassay.types import Choice, Target

from .kit import asked, part

CHOICES = (Choice(label="normal"), Choice(label="pneumonia"), Choice(label="mass"))


def sample(id, *present, **tags):
    kind = "label" if len(present) == 1 else "multilabel"
    return asked(id, kind=kind, choices=CHOICES, target=Target(texts=present), tags=tags)


def rows(finding):
    assert finding.table is not None
    return finding.table.rows


def test_labels_in_the_order_of_the_options_and_by_group():
    held = part(
        "test",
        sample("a", "pneumonia", sex="female"),
        sample("b", "normal", sex="female"),
        sample("c", "normal", sex="male"),
        sample("d", "normal"),
    )
    overall, by_sex = labels(held)
    assert rows(overall) == (
        ("normal", "3", "75.0 %"),
        ("pneumonia", "1", "25.0 %"),
        ("mass", "0", "0 %"),
    )
    assert "rarest of the 3 labels of test is 'mass', with 0 of 4" in overall.sentence
    assert [row[:4] for row in rows(by_sex)] == [
        ("(not stated)", "1", "100 %", "0 %"),
        ("female", "2", "50.0 %", "50.0 %"),
        ("male", "1", "100 %", "0 %"),
    ]
    assert "'normal' among the labels of test differs by 50.0 points between groups of sex" in by_sex.sentence


def test_several_labels_at_once_are_counted_each():
    (overall,) = labels(part("test", sample("a", "mass", "pneumonia"), sample("b")))
    assert [row[1] for row in rows(overall)] == ["0", "1", "1"]


def test_one_group_is_no_comparison():
    held = part("test", sample("a", "normal", sex="female"), sample("b", "mass", sex="female"))
    assert len(list(labels(held))) == 1
