from medassay.models.function import FunctionModel
from medassay.types import Message, Request, Response

REQUESTS = [Request(messages=(Message(role="user", parts=(str(n),)),)) for n in range(10)]


def answers(function, **options):
    found = dict(FunctionModel(function, **options).answer(REQUESTS))
    assert sorted(found) == list(range(10))
    return [found[n] for n in range(10)]


def test_a_list_of_texts_or_of_responses_becomes_answers():
    sizes = []

    def shout(requests):
        sizes.append(len(requests))
        return [f"{r.text}!" for r in requests]

    said = answers(shout, batch=4)
    assert [r.text for r in said] == [f"{n}!" for n in range(10)]
    assert sizes == [4, 4, 2]
    assert all(r.seconds > 0 for r in said)
    assert answers(lambda rs: [Response(probs=(1.0,), seconds=2.0) for _ in rs])[3].seconds == 2.0


def test_what_it_raises_fails_the_requests_of_that_call_alone():
    def moody(requests):
        if any(r.text == "5" for r in requests):
            raise RuntimeError("out of luck")
        return ["A"] * len(requests)

    errors = [r.error for r in answers(moody, batch=5)]
    assert errors == [None] * 5 + ["function: RuntimeError: out of luck"] * 5


def test_what_is_no_list_of_texts_is_a_failure_and_not_an_answer():
    def errors(function):
        return {r.error for r in answers(function, batch=10)}

    assert errors(lambda rs: "yes") == {"function: returned str, not a list of texts"}
    assert errors(lambda rs: None) == {"function: returned NoneType, not a list of texts"}
    assert errors(lambda rs: ["yes"]) == {"function: returned 1 texts for 10 requests"}
    assert errors(lambda rs: ["yes"] * 9 + [None]) == {None, "function: returned NoneType for a text"}


def test_without_an_id_answers_are_good_for_one_object():
    def model(**options):
        return FunctionModel(lambda rs: ["A"] * len(rs), **options).fingerprint

    assert model() != model()
    assert model(id="v1") == model(id="v1") != model(id="v2")
