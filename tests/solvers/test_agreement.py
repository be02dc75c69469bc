import pytest
from tests.solvers.kit import case

from medassay.metrics import score
from medassay.solvers.agreement import agree, read

FOUR = ("cyst", "abscess", "tumour", "none of these")


@pytest.mark.parametrize(
    ("of", "first", "second", "same"),
    [
        (case(), "Yes, clearly.", "I think the answer is yes", True),
        (case(), "Yes.", "No.", False),
        (case(), "Yes.", "It depends on the view.", False),
        (case(kind="choice", options=FOUR), "A tumour is likely. Answer: C", "(C)", True),
        (case(kind="choice", options=FOUR), "(A)", "tumour", False),
        (case(kind="choice", options=FOUR), "tumour", "The answer is C.", True),
        (case(kind="label", options=("benign", "malignant")), "Benign", "it is benign", True),
        (case("What is it?", kind="open"), "The left lung.", "left lung", True),
        (case("What is it?", kind="open"), "left lung", "right lung", False),
        (case("What is it?", kind="open"), "", "", False),
        (case("How wide?", kind="number"), "3.0 cm", "about 30 mm", True),
        (case("How wide?", kind="number"), "3.0 cm", "3 mm", False),
        (case("What ratio?", kind="number"), "0.50", "The ratio is 0.5.", True),
    ],
)
def test_answers_agree_as_the_benchmark_reads_them(of, first, second, same):
    assert agree(score, of, first, second) is same
    assert agree(score, of, second, first) is same


def test_agreement_of_words_needs_both_directions():
    """Under a rule of inclusion the longer answer is right against the shorter, and not the reverse."""

    def inclusive(sample, response):
        found = score(sample, response)
        within = sample.target.texts[0].lower() in response.text.lower()
        return type(found)(status="scored", answer=response.text, values={"accuracy": float(within)})

    of = case("What is it?", kind="open")
    assert not agree(inclusive, of, "left lung", "left")
    assert agree(inclusive, of, "Left lung", "left lung")


@pytest.mark.parametrize(
    "kind", ["choice", "multi-choice", "yes/no", "label", "multilabel", "open", "report"]
)
def test_every_kind_can_be_read_without_its_key(kind):
    options = FOUR if kind in {"choice", "multi-choice", "label", "multilabel"} else ()
    said = {"choice": "B", "multi-choice": "A, B", "yes/no": "no", "label": "cyst", "multilabel": "cyst"}
    of = case(kind=kind, options=options)
    assert read(score, of, said.get(kind, "a cyst in the liver"))
    assert read(score, of, "") is None
    assert read(score, of, "I'm sorry, I cannot help with medical images.") is None
