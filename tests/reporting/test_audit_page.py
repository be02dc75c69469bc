"""The page of an audit: what it shows, and what it holds back."""

import re

import pytest

from medassay.hygiene import Audit, Finding, Pair, Sight, Size, Table
from medassay.reporting.audit_page import render, sights, write_audit
from medassay.types import Image, Sample, Target

from .test_html import Outline

DOT = "inline:iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
FIRST, SECOND = (
    Sight(part="test", id="patient-1", image=0),
    Sight(part="train", id="patient-2 <b>", image=0),
)


def sample(id, question):
    return Sample(
        id=id, kind="open", question=question, target=Target(texts=("lung",)), images=(Image(uri=DOT),)
    )


SAMPLES = {
    ("test", "patient-1"): sample("patient-1", "Which organ?"),
    ("train", "patient-2 <b>"): sample("patient-2 <b>", "<script>alert(1)</script>"),
}


@pytest.fixture
def audit():
    leak = Finding(
        check="exact image: test in train",
        severity="problem",
        sentence="11 of 12 images of test also stand byte for byte in train.",
        count=11,
        total=12,
        pairs=(Pair(first=FIRST, second=SECOND, detail="equal bytes"),),
    )
    broken = Finding(
        check="images: test",
        severity="note",
        sentence="1 image cannot be opened.",
        count=1,
        sights=(FIRST,),
        example="/data/patient-9.png: No such file",
        table=Table(header=("label", "share"), rows=(("normal", "5 %"),)),
    )
    clear = Finding(check="sample id", severity="clear", sentence="No sample stands twice.")
    return Audit(
        title="a <set>",
        sizes=(Size(part="test", samples=12, images=12, opened=11, clusters=None),),
        findings=(leak, broken, clear),
        left_out=(("train", "/data/patient-8.json: not there"),),
    )


def test_it_is_sound_html_that_loads_nothing(audit):
    outline = Outline(render(audit, SAMPLES))
    assert len(outline.ids) == len(set(outline.ids))
    assert {address.partition(",")[0] for address in outline.addresses} == {
        "#main",
        "data:image/png;base64",
    }
    assert "script" not in {tag for tag, _ in outline.tags}


def test_it_shows_both_sides_and_counts_what_it_does_not_show(audit):
    text = " ".join(" ".join(Outline(render(audit, SAMPLES)).text).split())
    for said in ("1 problem,", "1 note", "patient-2 <b>", "<script>alert(1)</script>", "Which organ?"):
        assert said in text
    assert "and 10 more" in text
    assert "The first: /data/patient-9.png" in text
    assert "No sample stands twice." in text


def test_what_must_not_leave_is_held_back(audit):
    page = render(audit, SAMPLES, reserved={"test", "train"})
    assert "data:image" not in page
    assert not re.search(r"patient-\d|Which organ|alert", page)
    text = " ".join(" ".join(Outline(page).text).split())
    assert "Held back." in text
    assert "11 of 12 images of test" in text


def test_only_the_reserved_part_is_held_back(audit):
    page = render(audit, SAMPLES, reserved={"train"})
    assert "Which organ?" in page
    assert "patient-2" not in page
    assert "patient-9" not in page  # a reason may name a file of either


def test_all_it_shows_is_asked_for(audit):
    assert set(sights(audit)) == {FIRST, SECOND}


def test_equal_audits_give_equal_pages(audit, tmp_path):
    page = write_audit(tmp_path / "a.html", audit, SAMPLES)
    assert page.read_text("utf-8") == render(audit, dict(reversed(SAMPLES.items())))
