"""Rows as RULE, MMed-RAG and MMedPO publish them, made up; and the form of this package."""

import json
from dataclasses import replace

import PIL.Image
import pytest

from medassay.adaptation.generative.preferences import Folder, read_pairs
from medassay.errors import DataError
from medassay.prompts import styled
from medassay.types import Image, Style


def turns(question, answer):
    return [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]


ROW = {
    "id": "q1",
    "image": "a/1.png",
    "image_root": "/home/somebody/else",
    "conversations": turns("<image>\nWhich modality?", " MRI"),
    "rejected_conversations": turns("<image>\nReport: a CT.\nWhich modality?", "CT"),
}
OWN = {"id": 7, "image": "a/1.png", "question": "Which modality?", "chosen": "MRI", "rejected": "CT"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("1.png", "2.png"):
        PIL.Image.new("RGB", (4, 4)).save(tmp_path / "a" / name)
    return Folder(root=tmp_path)


def read(folder, *rows, lines=False):
    path = folder.root / "pairs.json"
    path.write_text("\n".join(map(json.dumps, rows)) if lines else json.dumps(list(rows)))
    return read_pairs(path, folder)


def test_a_published_row(folder):
    (pair,) = read(folder, ROW)
    assert (pair.id, pair.cluster, pair.weight) == ("q1", "a/1.png", 1.0)
    assert (pair.chosen, pair.rejected) == ("MRI", "CT")
    image = Image(uri=str(folder.root / "a/1.png"))
    assert pair.chosen_request.messages[0].parts == (image, "Which modality?")
    assert pair.rejected_request.messages[0].parts == (image, "Report: a CT.\nWhich modality?")
    assert "<image>" not in pair.rejected_request.text


def test_the_image_stands_where_its_mark_stood_until_the_model_wants_it_first(folder):
    (pair,) = read(folder, {**ROW, "conversations": turns("Which modality?\n<image>", "MRI")})
    assert [type(part) for part in pair.chosen_request.messages[0].parts] == [str, Image]
    first = styled(pair.chosen_request, Style(images_first=True)).messages[0].parts
    assert [type(part) for part in first] == [Image, str]


def test_noise_takes_the_place_of_images_that_are_marked(folder):
    rows = [{**ROW, "id": name, "rejected_noised": 1, "chosen_noised": 0} for name in "ab"]
    one, other = read(replace(folder, sd=10.0), *rows)
    assert one.chosen_request.images[0].ops == ()
    (op,), (another,) = one.rejected_request.images[0].ops, other.rejected_request.images[0].ops
    assert (op.name, op.parameters) == ("noise", (("sd", 10.0),))
    assert op.seed != another.seed
    assert read(replace(folder, sd=10.0), *rows)[0] == one
    assert read(replace(folder, sd=10.0, seed=1), *rows)[0] != one


def test_weights_and_images_of_the_rejected_side(folder):
    (pair,) = read(folder, {**ROW, "weighted_score": 0, "rejected_image": "a/2.png"})
    assert pair.weight == 0.0
    assert [r.images[0].uri[-5:] for r in (pair.chosen_request, pair.rejected_request)] == ["1.png", "2.png"]


def test_several_turns_are_one_conversation(folder):
    more = [*turns("<image>\nAn MRI?", "Yes."), *turns("Of what?", " The knee.")]
    (pair,) = read(folder, {**ROW, "conversations": more})
    assert [message.role for message in pair.chosen_request.messages] == ["user", "assistant", "user"]
    assert pair.chosen == "The knee."


def test_ids_that_are_taken_are_counted_on(folder):
    assert [pair.id for pair in read(folder, ROW, ROW, ROW)] == ["q1", "q1#2", "q1#3"]


@pytest.mark.parametrize("lines", [True, False])
def test_the_own_form(folder, lines):
    rows = [OWN, {**OWN, "id": 8, "images": ["a/2.png"], "cluster": "p3", "weight": 0.5, "image": None}]
    one, other = read(folder, *rows, lines=lines)
    assert (one.id, one.cluster, one.chosen) == ("7", "a/1.png", "MRI")
    assert one.chosen_request.messages[0].parts[1:] == ("Which modality?",)
    assert (other.cluster, other.weight, len(other.rejected_request.images)) == ("p3", 0.5, 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rejected_conversations": None}, "rejected_conversations should be turns"),
        ({"conversations": turns("<image>q", "a")[::-1]}, "conversations should be turns"),
        ({"conversations": turns("<image>q", "a")[:1]}, "conversations should be turns"),
        ({"conversations": turns("<image>q", "  ")}, "a turn without words"),
        ({"conversations": turns("<image><image>q", "a")}, "names 2 images"),
        ({"image": "a/3.png"}, "a/3.png is not in .*: name their folder with images=DIR"),
        ({"image": None}, "it has no image"),
        ({"weighted_score": "high"}, "weighted_score is a number of at least 0, not 'high'"),
        ({"weighted_score": -0.5}, "weighted_score is a number of at least 0"),
        ({"weighted_score": float("nan")}, "weighted_score is a number of at least 0"),
        ({"rejected_noised": 2}, "rejected_noised is 0 or 1"),
    ],
)
def test_a_malformed_row_is_named_by_its_number(folder, change, why):
    with pytest.raises(DataError, match=f"pairs.json: row 2: .*{why}"):
        read(folder, ROW, {**ROW, **change})
    with pytest.raises(DataError, match=r"row 2: .*1 more rows"):
        read(folder, ROW, {**ROW, **change}, ROW, {**ROW, **change})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"question": " "}, "it has no question"),
        ({"chosen": None}, "no chosen"),
        ({"image": [3]}, "image should"),
    ],
)
def test_a_malformed_row_of_the_own_form(folder, change, why):
    with pytest.raises(DataError, match=f"row 1: .*{why}"):
        read(folder, {**OWN, **change}, lines=True)


@pytest.mark.parametrize(
    ("text", "why"), [("[3]", "row 1: it is no JSON object"), ("", "no pairs"), ("{", "JSON Lines")]
)
def test_a_file_that_is_none(folder, text, why):
    path = folder.root / "none.json"
    path.write_text(text)
    with pytest.raises(DataError, match=why):
        read_pairs(path, folder)
    with pytest.raises(DataError, match="No such file"):
        read_pairs(folder.root / "absent.json", folder)
