"""What report datasets share: sections by headings, views in order, what is left out."""

from __future__ import annotations

import pytest

from medassay.benchmarks.shared.reports import Section, ask, complete, sections, study
from medassay.types import Image, Sample

REPORT = """                                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)

 FINDINGS: The lungs
 are clear.
 LUNGS: No nodule.  MEDIASTINUM: Normal.

 IMPRESSION:
 No acute process: see above.

 RECOMMENDATION(S):  A follow-up.

 ADDENDUM:  Read again.

 IMPRESSION:  As before.
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            REPORT,
            {
                "findings": "The lungs are clear. LUNGS: No nodule. MEDIASTINUM: Normal.",
                "impression": "No acute process: see above. As before.",
            },
        ),
        (" FINDINGS AND IMPRESSION: Clear.\n", {"findings": "Clear."}),
        ("CONCLUSION:\n Clear.", {"impression": "Clear."}),
        (" FINDINGS:  \n\n IMPRESSION: Clear.", {"impression": "Clear."}),
        (" PA AND LATERAL CHEST: Clear.\n No effusion.", {}),
        ("", {}),
    ],
)
def test_sections_by_headings(text: str, expected: dict[str, str]):
    assert sections(text) == expected


def made(section: Section, **held: str) -> Sample | None:
    views = [("LL", Image(uri="b")), ("AP", Image(uri="a")), ("", Image(uri="c"))]
    return study("s1", held, section, views, "p1", sex="male")


def test_frontal_views_come_first_and_are_all_there():
    sample = made("findings", findings=" Clear. ", impression="Normal.")
    assert sample is not None
    assert [image.uri for image in sample.images] == ["a", "b", "c"]
    assert sample.tags == {"sex": "male", "view": "frontal+lateral"}
    assert (sample.target.texts, sample.cluster) == (("Clear.",), "p1")
    assert ask(sample.case).images == sample.images


def test_the_question_names_the_sections_that_are_the_target():
    both = made("both", findings="Clear.", impression="Normal.")
    assert both is not None
    assert both.target.texts == ("Clear.\nNormal.",)
    assert both.question == "Write the findings and the impression of the radiology report of this study."


def test_a_study_without_the_section_is_left_out_and_counted(caplog):
    assert made("findings", impression="Normal.") is None
    assert made("both", findings="Clear.") is None
    assert made("findings", findings=" ___. ") is None  # nothing is left of it
    assert study("s1", {"findings": "Clear."}, "findings", [], "p1") is None
    one = made("impression", impression="Normal.")
    assert list(complete([None, one, None], "somewhere", "impression")) == [one]
    assert "somewhere: items left out for want of text (impression) or images: 2" in caplog.text
