"""The wrong picture is never one's own, nor one's patient's."""

from hypothesis import given
from hypothesis import strategies as st
from tests.solvers.kit import case, picture

from medassay.solvers.strangers import apart, strangers
from medassay.types import Sample, Target


def sample(id, *, cluster="unknown", image="", answer="yes", images=()):
    names = images or (image or id,)
    return Sample(
        id=id,
        kind="yes/no",
        question="?",
        images=tuple(map(picture, names)),
        cluster=cluster,
        target=Target(texts=(answer,)),
    )


worlds = st.lists(
    st.tuples(st.sampled_from("pqr?"), st.sampled_from("abcde"), st.sampled_from(["yes", "no"])),
    max_size=12,
).map(
    lambda rows: [
        sample(str(i), cluster="unknown" if p == "?" else p, image=image, answer=answer)
        for i, (p, image, answer) in enumerate(rows)
    ]
)


@given(worlds, st.integers(0, 3))
def test_a_stranger_is_of_another_patient_another_image_and_another_answer_if_there_is_one(samples, seed):
    found = strangers(samples, seed)
    assert found == strangers(list(reversed(samples)), seed)
    for one in samples:
        others = [other for other in samples if apart(one, other)]
        assert (one.id in found) == bool(others)
        if not others:
            continue
        [image] = found[one.id]
        owners = [other for other in others if image in other.images]
        assert owners
        if any(other.target != one.target for other in others):
            assert any(other.target != one.target for other in owners)


def test_as_many_images_as_the_samples_own_and_another_seed_draws_others():
    samples = [sample(str(i), images=(f"{i}a", f"{i}b")) for i in range(20)]
    drawn = strangers(samples, 0)
    assert all(len(set(images)) == 2 for images in drawn.values())
    assert drawn != strangers(samples, 1)
    assert len(set(drawn.values())) > 5


def test_an_unknown_patient_is_nobody_in_particular():
    assert apart(case(id="1", images=("a",)), case(id="2", images=("b",)))
    assert not apart(case(id="1", images=("a",)), case(id="2", images=("a", "b")))
    assert not apart(case(id="1", images=("a",), cluster="p"), case(id="2", images=("b",), cluster="p"))
