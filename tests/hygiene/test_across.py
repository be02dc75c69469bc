"""Between benchmarks and against models' training sets."""

import pytest

from medassay.hygiene.across import audit_across, same_name

from .kit import asked, encoded, part, picture

NAMES = {"ours": {"ours", "Our Set"}, "theirs": {"theirs", "Their Set"}}


@pytest.fixture
def parts():
    """A test image of `ours` stands in the training part of `theirs`; two others are nobody else's."""
    return {
        "test": part("ours/test", *(asked(f"a{i}", "yes", encoded(picture(i))) for i in (1, 2, 3))),
        "judged": part("theirs/test", asked("b", "yes", encoded(picture(4)))),
        "train": part("theirs/train", *(asked(f"c{i}", "yes", encoded(picture(i))) for i in (1, 5))),
    }


def audited(parts, trained=None, names=NAMES):
    judged = {"ours": parts["test"], "theirs": parts["judged"]}
    return audit_across(judged, list(parts.values()), names, trained or {})


def test_a_test_image_in_anothers_training_part(parts):
    held = audited(parts)
    assert [(f.check, f.count) for f in held.findings if f.severity == "problem"] == [
        ("exact image: ours/test in theirs/train", 1)
    ]
    said = " ".join(held.text().split())
    assert "problem 1 of 3 (33.3 %) images of ours/test also stand byte for byte in theirs/train" in said


def test_two_that_are_judged_on_are_compared_once(parts):
    checks = [f.check for f in audited(parts).findings if f.check.startswith("exact")]
    assert sorted(checks) == [
        "exact image: ours/test in theirs/test",
        "exact image: ours/test in theirs/train",
    ]


@pytest.mark.parametrize(
    ("sets", "severity", "reasons"),
    [
        (("OUR set",), "warning", ["its card names it as a training set"]),
        (("their_set",), "problem", ["its card names", "1 of 3 (33.3 %) images stand in theirs/train"]),
        (("something else",), "clear", []),
    ],
)
def test_what_a_model_was_trained_on(parts, sets, severity, reasons):
    held = audited(parts, {"model": sets})
    finding = next(f for f in held.findings if f.check == "models' training sets")
    assert finding.severity == severity
    rows = sorted(row[2] for row in finding.table.rows) if finding.table else []
    assert len(rows) == len(reasons)
    for reason in reasons:
        assert any(row.startswith(reason) for row in rows)


def test_variants_of_one_benchmark_share_the_names_of_their_clusters():
    """SLAKE: English test images in the Chinese training part; no image need be there to see it."""
    test = part("ours/test", asked("a", cluster="xmlab1"), asked("b", cluster="xmlab2"))
    train = part("theirs/train", asked("c", cluster="xmlab2"))
    same = {word: {"slake"} for word in NAMES}
    held = audited({"test": test, "judged": part("theirs/test"), "train": train}, names=same)
    (finding,) = [f for f in held.findings if f.check == "cluster: ours/test in theirs/train"]
    assert (finding.count, finding.severity) == (1, "problem")
    others = audited({"test": test, "judged": part("theirs/test"), "train": train})
    assert not [f for f in others.findings if f.check.startswith("cluster")]


def test_spellings_of_a_name():
    assert same_name("VQA-RAD") == same_name("vqa_rad") == same_name("VQA RAD")
