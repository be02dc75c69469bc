"""Solved cases as turns: as many as asked for, in the right order, and never of the same patient or image."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.solvers.kit import case, context, solved, texts, walk

from medassay.errors import DataError, UsageError
from medassay.prompts import plain
from medassay.solvers.few_shot import FewShot
from medassay.types import UNKNOWN_CLUSTER

HOWS = ("random", "image", "text", "class")

people = st.sampled_from(["p", "q", "r", "s", UNKNOWN_CLUSTER])
pictures = st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=2).map(
    lambda names: tuple(sorted(names))
)
things = st.tuples(
    people, pictures, st.sampled_from(["Is it large?", "Where is it?"]), st.sampled_from("xyz")
)


def embed(word):
    """An encoder to which an image is the number of its letter on a circle."""
    assert word == "demo-clip"

    def vectors(images):
        angles = [ord(image.uri[0]) / 10 for image in images]
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)

    return vectors


def shown(of, examples, **options):
    held = context(examples=lambda: examples, cases=lambda: [of], encoder=embed, seed=options.pop("seed", 0))
    encoder = "demo-clip" if options.get("how") == "image" else ""
    solver = FewShot(encoder=encoder, **options).begin(held)
    _, [[request]] = walk(solver(of, plain(of)), lambda _: "yes")
    return request


@settings(deadline=None)
@given(things, st.lists(things, max_size=10), st.sampled_from(HOWS), st.integers(1, 3), st.integers(0, 2))
def test_nothing_of_the_patient_or_the_image_is_ever_shown(asked, others, how, k, seed):
    of = case(asked[2], id="asked", cluster=asked[0], images=asked[1])
    examples = {
        f"{question} {i}": solved(
            answer, question=f"{question} {i}", id=str(i), cluster=person, images=images
        )
        for i, (person, images, question, answer) in enumerate(others)
    }
    examples["me"] = solved("x", question="me", id="asked", cluster="z", images=("z",))
    try:
        request = shown(of, list(examples.values()), how=how, k=k, seed=seed)
    except DataError:
        return
    turns = [text.splitlines()[0] for text in texts(request)[:-1:2]]
    assert len(turns) == k
    seen = [of]
    for example in (examples[turn].case for turn in turns):
        for other in seen:
            assert example.id != other.id
            assert example.cluster != other.cluster or example.cluster == UNKNOWN_CLUSTER
            assert not {i.digest for i in example.images} & {i.digest for i in other.images}
        seen.append(example)


def test_examples_are_turns_with_their_images_and_the_question_comes_last():
    of = case(id="t", images=("t",))
    request = shown(of, [solved("no", id="1", images=("a",)), solved("yes", id="2", images=("b",))], k=2)
    assert [message.role for message in request.messages] == [
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert request.messages[-1] == plain(of).messages[0]
    answers = {
        request.messages[0].parts[0].uri: texts(request)[1],
        request.messages[2].parts[0].uri: texts(request)[3],
    }
    assert answers == {"a.png": "no", "b.png": "yes"}
    assert texts(request)[0] == texts(plain(of))[0]


def test_the_nearest_image_comes_last():
    of = case(id="t", images=("d",))
    examples = [solved("yes", id=name, images=(name,)) for name in "abchj"]
    request = shown(of, examples, k=3, how="image")
    assert [image.uri[0] for image in request.images] == ["a", "b", "c", "d"]


def test_the_nearest_question_comes_last():
    of = case("Is the left kidney enlarged?", id="t", images=("t",))
    asked = ["What organ is this?", "Is the left lung enlarged?", "Is the kidney enlarged?"]
    examples = [solved("yes", id=q, question=q, images=(str(i),)) for i, q in enumerate(asked)]
    request = shown(of, examples, k=2, how="text")
    assert [text.splitlines()[0] for text in texts(request)[::2]] == [asked[1], asked[2], of.question]


def test_by_class_shows_each_answer_before_any_twice():
    examples = [solved(answer, id=str(i), images=(str(i),)) for i, answer in enumerate("xxxxxxxxyyz")]
    for seed in range(5):
        request = shown(case(id="t", images=("t",)), examples, k=5, how="class", seed=seed)
        answers = Counter(texts(request)[1::2])
        assert set(answers) == {"x", "y", "z"}
        assert answers["y"] == 2


def test_draws_are_the_seeds_and_the_cases_own():
    examples = [solved("yes", id=str(i), images=(str(i),)) for i in range(50)]
    one, other = case(id="1", images=("a",)), case(id="2", images=("b",))
    assert shown(one, examples) == shown(one, examples)
    assert shown(one, examples).images[:-1] != shown(other, examples).images[:-1]
    assert shown(one, examples).images != shown(one, examples, seed=1).images


def test_examples_are_of_the_kind_unless_only_the_answer_tells_it():
    examples = [
        solved("A", id="1", kind="choice", options=("x", "y"), images=("a",)),
        solved("a cyst", id="2", kind="open", images=("b",)),
    ]
    request = shown(case(id="t", images=("t",)), examples, k=1)
    assert texts(request)[1] == "a cyst"
    with pytest.raises(DataError, match="t: 1 examples of other patients and images, fewer than 2"):
        shown(case(id="t", images=("t",)), examples, k=2)


def test_no_example_is_refused():
    with pytest.raises(UsageError, match="at least one"):
        FewShot(k=0).begin(context())


def test_an_encoder_belongs_to_nearness_of_images_alone():
    for wrong in (FewShot(how="image"), FewShot(how="text", encoder="demo-clip")):
        with pytest.raises(UsageError, match="an encoder for how=image, and there alone"):
            wrong.begin(context())
