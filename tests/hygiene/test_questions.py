"""Inside one part: repeats, contradictions, missing keys and images, twins."""

from medassay.hygiene.questions import inside
from medassay.types import Image, Target

from .kit import asked, choice, encoded, part, picture


def found(held):
    return {finding.check.partition(":")[0]: finding for finding in inside(held)}


def test_a_clean_part_stays_clean():
    held = part("test", *(asked(f"a{i}", "yes", encoded(picture(i)), cluster=f"p{i}") for i in range(8)))
    assert {finding.severity for finding in inside(held)} == {"clear"}


def test_repeats_and_contradictions_look_at_the_words_of_the_answer_not_at_its_letter():
    image = encoded(picture(1))
    held = found(
        part(
            "test",
            asked("a", "yes", image),
            asked("b", "yes", image, question="  IS it normal?"),
            asked("c", "no", image),
            asked("d", "no", encoded(picture(2))),
            choice("e", "A", ["liver", "lung"]),
            choice("f", "B", ["lung", "liver"]),
            choice("g", "A", ["liver", "heart"]),
        )
    )
    assert (held["repeated question"].count, held["repeated question"].severity) == (3, "warning")
    contrary = held["contradicting answers"]
    assert (contrary.count, contrary.severity) == (1, "problem")
    assert [(pair.first.id, pair.second.id) for pair in contrary.pairs] == [("a", "c")]


def test_other_words_are_not_yet_a_contradiction():
    """VQA-RAD asks where a lesion is, and both "right lung" and "right upper lobe" are right."""
    image = encoded(picture(1))
    open_ = [asked(f"o{i}", words, image, kind="open") for i, words in enumerate(("left", "left lung"))]
    finding = found(part("test", *open_))["contradicting answers"]
    assert (finding.count, finding.severity) == (1, "warning")
    firm = [asked("y", "yes", encoded(picture(2))), asked("n", "no", encoded(picture(2)))]
    finding = found(part("test", *open_, *firm))["contradicting answers"]
    assert (finding.count, finding.severity, finding.pairs[0].first.id) == (2, "problem", "y")
    assert "for 1 of them it is not a matter of words" in finding.sentence


def test_numbers_that_differ_contradict():
    image = encoded(picture(1))
    samples = [
        asked(str(n), "", image, kind="number", question="How wide?", target=Target(number=n, unit="mm"))
        for n in (1.0, 2.0)
    ]
    assert found(part("test", *samples))["contradicting answers"].count == 1


def test_a_key_that_is_no_option_or_missing():
    held = part("test", choice("a", "C", ["x", "y"]), choice("b", "A", ["x", "y"]), asked("c", ""))
    finding = found(held)["key"]
    assert (finding.count, finding.severity, [s.id for s in finding.sights]) == (2, "problem", ["a", "c"])


def test_images_that_are_missing_or_broken(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no image")
    held = part(
        "test",
        asked("a", "yes", Image(uri=str(tmp_path / "absent.png"))),
        asked("b", "yes", Image(uri=str(tmp_path / "broken.png"))),
        asked("c", "yes", encoded(picture(1))),
        asked("d", "yes"),
    )
    finding = found(held)["images"]
    assert (finding.count, finding.total, finding.severity) == (2, 3, "problem")
    assert "absent.png: No such file" in finding.example
    assert "absent" not in finding.sentence
    assert "1 of 4 (25.0 %) samples of test have no image" in finding.sentence


def test_twins_are_images_that_count_as_independent_and_are_one():
    held = part(
        "test",
        asked("a", "yes", encoded(picture(1)), cluster="p1"),
        asked("b", "yes", encoded(picture(1), quality=80), cluster="p2"),
        asked("c", "yes", encoded(picture(2)), cluster="p3"),
        asked("d", "yes", encoded(picture(2), quality=80), cluster="p3"),
        *(asked(f"e{i}", "yes", encoded(picture(i)), cluster=f"q{i}") for i in range(3, 9)),
    )
    finding = found(held)["twins"]
    assert (finding.count, finding.severity) == (1, "warning")
    assert [(pair.first.id, pair.second.id) for pair in finding.pairs] == [("a", "b")]


def test_one_image_under_two_clusters():
    image = encoded(picture(1))
    held = part("test", asked("a", "yes", image, cluster="p1"), asked("b", "no", image, cluster="p2"))
    assert found(held)["twins"].sentence == "1 images of test stand under more than one cluster."
