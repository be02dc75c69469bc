"""One bad thing makes one failed row: an image, a model's bug, a prompt, a solver, a scorer."""

import logging
import time
from dataclasses import replace
from typing import cast
from unittest.mock import ANY

import pytest

from medassay.images import open_image
from medassay.models.fakes import Constant, Failing
from medassay.store import Store
from medassay.types import Choice, Decoding, Image, Response, Style, Usage

from .kit import Recorded, prompt, questions, run, sample


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "responses.db") as held:
        yield held


@pytest.fixture
def pictures(tmp_path):
    """Three images: sound, damaged, and sound again."""
    import PIL.Image

    for name, shade in (("a", 10), ("b", 20), ("c", 30)):
        PIL.Image.new("RGB", (8, 8), (shade, 0, 0)).save(tmp_path / f"{name}.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes()[:40])
    return [Image(uri=str(tmp_path / f"{name}.png")) for name in "abc"]


class Faulty:
    """A model whose `answer` is given."""

    fingerprint = "faulty"
    identity = {"loader": "faulty"}  # noqa: RUF012
    style = Style()
    wants_pixels = False

    def __init__(self, answer):
        self.answer = answer


def errors(rows):
    assert all((row.response.error is None) == (row.score.status != "failed") for row in rows)
    return [row.response.error for row in rows]


def test_failures_are_rows_and_are_asked_again(store):
    inner = Recorded()
    rows = run(questions(6), Failing(inner, when=lambda r: "3" in r.text), store)
    assert errors(rows) == [None] * 3 + ["time-out: no answer came"] + [None] * 2
    again = Recorded()
    assert errors(run(questions(6), again, store)) == [None] * 6
    assert again.asked == ["question 3"]


def test_a_model_that_raises_fails_what_it_left_out(store):
    model = Failing(Recorded(), when=lambda r: "2" in r.text, raises=MemoryError("out of memory"))
    rows = run(questions(4), model, store)
    cause = "model: MemoryError: out of memory (model answered 2 of 4)"
    assert errors(rows) == [None, None, cause, cause]
    again = Recorded()
    run(questions(4), again, store)
    assert again.asked == ["question 2", "question 3"]


OK = Response(text="A")


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(0, OK), (2, OK)], [None, "model: model answered 2 of 3", None]),
        ([], ["model: model answered 0 of 3"] * 3),
        (
            [(0, OK), (0, OK), (1, OK)],
            [None] + ["model: answered request 0 twice (model answered 1 of 3)"] * 2,
        ),
        ([(1, OK), (3, OK)], ["model: answered a request 3 (model answered 1 of 3)", None, ANY]),
        ([(-1, OK)], ["model: answered a request -1 (model answered 0 of 3)"] * 3),
        ([("0", OK)], ["model: answered a request '0' (model answered 0 of 3)"] * 3),
        ([OK], ["model: TypeError: cannot unpack non-iterable Response object (model answered 0 of 3)"] * 3),
        ([(0, OK), (1, "A"), (2, OK)], [None, "model: gave str for a Response", None]),
        ([(0, OK), (1, Response(text=cast("str", 5))), (2, OK)], [None, "model: its text is int", None]),
        (
            [(0, OK), (1, Response(usage=Usage(input_tokens=cast("int", "many")))), (2, OK)],
            [None, "model: it counts 'many' tokens", None],
        ),
        ([(0, OK), (1, Response(seconds=float("nan"))), (2, OK)], [None, "model: it took nan seconds", None]),
    ],
)
def test_a_model_that_breaks_its_word_is_told_apart_from_a_wrong_answer(store, pairs, expected):
    rows = run(questions(3), Faulty(lambda requests: iter(pairs)), store)
    for error, wanted in zip(errors(rows), expected, strict=True):
        assert error == wanted
    assert len(list(store.keys("faulty"))) == sum(error is None for error in errors(rows))


def test_a_model_that_returns_nothing_or_is_no_iterator(store):
    assert "TypeError" in errors(run(questions(1), Faulty(lambda requests: None), store))[0]


@pytest.mark.parametrize(
    ("probs", "cause"),
    [((1.0,), "1 probabilities for 2 choices"), ((0.5, float("nan")), "a probability is not a number")],
)
def test_probabilities_that_cannot_be_are_failures(store, probs, cause):
    samples = [sample("which?", choices=(Choice(label="A"), Choice(label="B")))]
    model = Faulty(lambda requests: iter([(0, Response(text="A", probs=probs))]))
    assert errors(run(samples, model, store)) == [f"model: {cause}"]


@pytest.mark.parametrize("wants_pixels", [False, True])
def test_an_image_that_is_not_there_fails_its_row_alone(store, pictures, wants_pixels):
    model = Recorded(wants_pixels=wants_pixels)
    gone = Image(uri=pictures[0].uri + ".gone")
    samples = [sample(str(n), images=(image,)) for n, image in enumerate((pictures[0], gone, pictures[2]))]
    rows = run(samples, model, store)
    assert model.asked == ["0", "2"]
    assert errors(rows)[::2] == [None, None]
    assert errors(rows)[1].startswith("image: ")
    assert "gone" in errors(rows)[1]


def test_an_image_that_cannot_be_decoded_is_not_shown_to_a_model_that_wants_pixels(store, pictures):
    model = Recorded(wants_pixels=True)
    rows = run([sample(str(n), images=(image,)) for n, image in enumerate(pictures)], model, store)
    assert model.asked == ["0", "2"]
    assert errors(rows)[::2] == [None, None]
    assert "b.png: cannot be decoded" in errors(rows)[1]


def test_an_image_that_is_not_asked_about_need_not_be_there(store):
    """A run without images, to see what the words alone give away, needs none."""

    def blind(case):
        return prompt(replace(case, images=()))

    rows = run([sample("what?", images=(Image(uri="nowhere.png"),))], Recorded(), store, prompt=blind)
    assert errors(rows) == [None]


def test_the_images_of_a_row_carry_their_content(store, pictures):
    [row] = run([sample("what?", images=(pictures[0],))], Recorded(), store)
    assert row.sample.images[0].digest.startswith("sha256:")


def test_images_that_a_solver_brings_are_resolved_too(store, pictures):
    def with_example(_case, request):
        message = replace(request.messages[0], parts=(pictures[2], "like this", *request.messages[0].parts))
        [response] = yield [replace(request, messages=(message,))]
        return response

    model = Recorded(wants_pixels=True)
    assert errors(run([sample("what?", images=(pictures[0],))], model, store, solver=with_example)) == [None]
    assert [image.uri for image in model.calls[0][0].images] == [pictures[2].uri, pictures[0].uri]


def test_a_model_that_wants_pixels_finds_them_decoded(store, tmp_path, monkeypatch):
    """Two hundred images go to it in portions, and it never waits for a decoder."""
    import PIL.Image

    from medassay.images import pictures

    for n in range(200):
        PIL.Image.new("L", (4, 4), n).save(tmp_path / f"{n}.png")
    decoded: list[str] = []
    original = pictures._decode

    def counted(image):
        decoded.append(image.uri)
        return original(image)

    monkeypatch.setattr(pictures, "_decode", counted)

    def say(request):
        before = len(decoded)
        shade = open_image(request.images[0]).tobytes()[0]
        in_time = request.images[0].uri in decoded[:before]
        return f"{shade} {in_time}"

    model = Recorded(say, wants_pixels=True)
    samples = [sample(str(n), images=(Image(uri=str(tmp_path / f"{n}.png")),)) for n in range(200)]
    rows = run(samples, model, store)
    assert [row.response.text for row in rows] == [f"{n} True" for n in range(200)]
    assert [len(call) for call in model.calls] == [64, 64, 64, 8]
    assert len(decoded) == 200


def test_an_interruption_does_not_wait_for_pictures_that_nobody_will_see(store, tmp_path, monkeypatch):
    import PIL.Image

    from medassay.images import pictures

    for n in range(200):
        PIL.Image.new("L", (4, 4), n).save(tmp_path / f"{n}.png")
    decoded: list[str] = []
    original = pictures._decode

    def slow(image):
        time.sleep(0.01)
        decoded.append(image.uri)
        return original(image)

    def interrupt(_request):
        raise KeyboardInterrupt

    monkeypatch.setattr(pictures, "_decode", slow)
    samples = [sample(str(n), images=(Image(uri=str(tmp_path / f"{n}.png")),)) for n in range(200)]
    with pytest.raises(KeyboardInterrupt):
        run(samples, Recorded(interrupt, wants_pixels=True), store)
    assert 64 <= len(decoded) < 2 * 64, "the portion after the one that was asked about was cut short"


def raises(*_):
    raise KeyError("lost")


def test_a_prompt_that_raises(store):
    rows = run(questions(3), Recorded(), store, prompt=lambda c: prompt(c) if "1" not in c.id else raises())
    assert errors(rows) == [None, "prompt <lambda>: KeyError: 'lost'", None]


def test_a_solver_that_raises_at_any_moment(store):
    def moody(case, request):
        if case.id == "question 0":
            raise ValueError("at once")
        [response] = yield [request]
        if case.id == "question 1":
            raise ValueError("after an answer")
        if case.id == "question 2":
            return response.text
        if case.id == "question 3":
            yield ["text"]
        return response

    rows = run(questions(5), Recorded(), store, solver=moody)
    assert errors(rows) == [
        "solver moody: ValueError: at once",
        "solver moody: ValueError: after an answer",
        "solver moody: returned str, not a Response",
        "solver moody: TypeError: asked str, not a Request",
        None,
    ]


def test_a_solver_never_meets_a_failure(store):
    """Its answer would rest on less than it asked for, and differ on the next run."""
    met = []

    def votes(_case, request):
        answers = yield [replace(request, replicate=n) for n in range(3)]
        met.append(answers)
        return answers[0]

    model = Failing(Recorded(), when=lambda r: r.replicate == 1)
    assert errors(run(questions(1), model, store, solver=votes)) == ["time-out: no answer came"]
    assert met == []
    assert errors(run(questions(1), Recorded(), store, solver=votes)) == [None]


def test_a_scorer_that_raises_is_named_and_the_answer_kept(store):
    rows = run(questions(1), Recorded(), store, scorer=raises)
    assert rows[0].score.status == "failed"
    assert rows[0].score.flags == ("scorer: KeyError: 'lost'",)
    assert rows[0].response.text == "re: question 0"


def test_a_request_without_a_canonical_form_fails_its_row(store):
    def hot(case):
        return replace(prompt(case), decoding=Decoding(temperature=float("inf")))

    assert errors(run(questions(1), Recorded(), store, prompt=hot)) == [
        "request: inf cannot be part of a key"
    ]


def test_text_that_is_no_unicode_is_asked_and_kept(store):
    model = Constant("\udfff answer")
    rows = run([sample("\ud800 question")], model, store)
    assert rows == run([sample("\ud800 question")], model, store)
    assert rows[0].response.text == "\udfff answer"


def test_a_damaged_answer_is_asked_again(store, caplog):
    caplog.set_level(logging.ERROR)
    run(questions(5), Recorded(), store)
    store._connection.execute("UPDATE responses SET value = CAST('x' AS BLOB) WHERE rowid = 2")
    again = Recorded()
    assert errors(run(questions(5), again, store)) == [None] * 5
    assert len(again.asked) == store.damaged == 1


def test_refusals_and_empty_texts_are_answers_and_kept(store):
    for text in ("I am sorry, but I cannot.", ""):
        model = Constant(text)
        run(questions(1), model, store)
        assert len(list(store.keys(model.fingerprint))) == 1
