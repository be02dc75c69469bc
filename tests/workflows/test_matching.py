"""Answers find their samples by what the file tells, and are listed where it tells too little."""

from hypothesis import given
from hypothesis import strategies as st

from medassay.importers import Answer, Imported
from medassay.types import Choice, Image, Response, Sample, Target
from medassay.workflows.matching import match


def sample(name, question="", gold="yes", *, image="", choices=(), kind="open"):
    return Sample(
        id=f"set-v-{name}",
        kind=kind,
        question=question,
        target=Target(texts=(gold,)),
        images=(Image(uri=f"/data/{image}"),) if image else (),
        choices=tuple(Choice(label=text) for text in choices),
    )


def answer(name, text="yes", **told):
    return Answer(id=str(name), response=Response(text=text), where=f"file:{name}", **told)


def joined(answers, samples):
    return match(Imported(format="x", answers=tuple(answers), sha256=""), samples)


def texts(matched):
    return {name: held.response.text for name, held in matched.answers.items()}


def test_by_id_with_and_without_our_prefix():
    matched = joined([answer("set-v-1", "a"), answer("2", "b"), answer("v-3", "c")], map(sample, "123"))
    assert texts(matched) == {"set-v-1": "a", "set-v-2": "b", "set-v-3": "c"}
    assert matched.ways == {"id": 1, "id without prefix": 2}


def test_what_does_not_match_is_listed_both_ways():
    matched = joined([answer("set-v-1"), answer("nobody")], map(sample, "12"))
    assert matched.missing == ["set-v-2"]
    assert [held.id for held in matched.foreign] == ["nobody"]
    assert matched.response(sample("2")).error.startswith("missing")


def test_an_id_that_numbers_something_else_gives_way_to_the_question():
    asked = ["Is there a mass?", "Is there fluid?", "Where is it?"]
    samples = [sample(n, q) for n, q in enumerate(asked)]
    turned = [answer(n, q, question=f"Question: {q}") for n, q in enumerate(reversed(asked))]
    matched = joined(turned, samples)
    assert texts(matched) == {f"set-v-{n}": q for n, q in enumerate(asked)}
    assert matched.ways == {"id without prefix": 1, "question": 2}


def test_an_id_without_prefix_is_refused_where_the_gold_answers_speak_against_it():
    samples = [sample(n, gold="yes" if n % 2 else "no") for n in range(10)]
    shifted = [answer(n, gold="no" if n % 2 else "yes") for n in range(10)]
    assert joined(shifted, samples).answers == {}
    agreeing = [answer(n, gold="yes" if n % 2 or n == 0 else "no") for n in range(10)]
    matched = joined(agreeing, samples)
    assert matched.ways == {"id without prefix": 10}
    assert matched.differs == {"gold": ["set-v-0"]}


def test_one_question_about_two_images_is_told_apart_by_the_image():
    samples = [sample(n, "Is it normal?", image=f"imgs/{n}/source.jpg") for n in "ab"]
    given = [answer(f"x{n}", n, question="Is it normal?", image=f"C:\\x\\{n}\\source.jpg") for n in "ab"]
    matched = joined(given, samples)
    assert texts(matched) == {"set-v-a": "a", "set-v-b": "b"}
    assert matched.ways == {"image and question": 2}
    blind = joined([answer("x", question="Is it normal?")], samples)
    assert blind.answers == {}
    assert [held.id for held in blind.ambiguous] == ["x"]


def test_one_question_with_other_options_is_told_apart_by_them():
    samples = [
        sample(n, "Which?", "A", choices=pair, kind="choice") for n, pair in (("a", "xy"), ("b", "zw"))
    ]
    given = [answer("q1", "second", question="Which?", options={"A": "z", "B": "w"})]
    matched = joined(given, samples)
    assert texts(matched) == {"set-v-b": "second"}
    assert matched.ways == {"question and options": 1}


def test_options_in_another_order_are_no_match_but_by_our_own_id():
    held = [sample("1", "Which?", "A", choices="xy", kind="choice")]
    turned = {"A": "y", "B": "x"}
    assert joined([answer("1", "A", question="Which?", options=turned)], held).answers == {}
    matched = joined([answer("set-v-1", "A", question="Which?", options=turned)], held)
    assert matched.differs == {"options": ["set-v-1"]}


def test_rows_count_only_where_number_and_order_are_confirmed():
    samples = [sample(f"s{n}", "Is it?", gold) for n, gold in enumerate(["yes", "no", "no"])]
    confirmed = [answer(f"r{n}", str(n), gold=gold) for n, gold in enumerate(["yes", "no", "no"])]
    matched = joined(confirmed, samples)
    assert matched.ways == {"row number": 3}
    assert texts(matched) == {"set-v-s0": "0", "set-v-s1": "1", "set-v-s2": "2"}
    assert joined(confirmed[:2], samples).answers == {}
    assert joined([confirmed[1], confirmed[0], confirmed[2]], samples).answers == {}
    same = [answer(f"r{n}", gold="yes") for n in range(3)]
    assert joined(same, [sample(f"s{n}", gold="yes") for n in range(3)]).answers == {}


def test_two_answers_to_one_sample_are_never_chosen_between():
    matched = joined([answer("set-v-1", "yes"), answer("set-v-1", "no"), answer("1", "yes")], [sample("1")])
    assert matched.answers == {}
    assert [held.response.text for held in matched.ambiguous] == ["yes", "no", "yes"]
    equal = joined([answer("set-v-1", "yes"), answer("set-v-1", "yes")], [sample("1")])
    assert texts(equal) == {"set-v-1": "yes"}
    assert equal.repeated == 1


def test_of_two_answers_with_one_id_the_question_tells_whose_each_is():
    samples = [sample("84", "Which drug?"), sample("84-2", "Which organ?")]
    given = [answer("84", "a", question="Which drug?"), answer("84", "b", question="Which organ?")]
    for told in (given, given[::-1]):
        assert texts(joined(told, samples)) == {"set-v-84": "a", "set-v-84-2": "b"}


def test_the_gold_answer_agrees_as_text_letter_or_number():
    held = [sample("1", "Which?", "B", choices=("red", "blue"), kind="choice")]
    for gold in ("B", "b", "(B)", "B. blue", "blue", "1"):
        assert joined([answer("set-v-1", gold=gold)], held).differs == {}, gold
    for gold in ("A", "red", "0"):
        assert joined([answer("set-v-1", gold=gold)], held).differs == {"gold": ["set-v-1"]}, gold


def test_a_number_of_an_option_becomes_its_label():
    held = sample("1", gold="benign", choices=("benign", "malignant"), kind="label")
    matched = joined([Answer(id="set-v-1", response=Response(probs=(0.2, 0.8)), number=1)], [held])
    assert matched.response(held).text == "malignant"
    assert matched.response(held).probs == (0.2, 0.8)


@given(st.permutations(range(8)), st.booleans())
def test_no_order_of_the_file_changes_what_matches(order, by_question):
    samples = [sample(n, f"What is number {n}?", str(n)) for n in range(8)]
    told = [
        answer(f"row{n}" if by_question else n, str(n), question=f"What is number {n}?", gold=str(n))
        for n in order
    ]
    assert texts(joined(told, samples)) == {f"set-v-{n}": str(n) for n in range(8)}
