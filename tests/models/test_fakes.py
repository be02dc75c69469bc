import time

from medassay.models.fakes import Constant, Failing, Noisy, Scripted, Slow
from medassay.types import Message, Request, Response


def ask(text):
    return Request(messages=(Message(role="user", parts=(text,)),))


REQUESTS = [ask(str(n)) for n in range(400)]


def texts(model, requests=REQUESTS):
    answers = dict(model.answer(requests))
    assert list(answers) == list(range(len(requests)))
    return [answers[n].text for n in range(len(requests))]


def test_a_script_says_what_its_function_says():
    assert texts(Scripted(lambda r: r.text.upper(), name="upper"), [ask("a")]) == ["A"]
    assert dict(Scripted(lambda r: Response(probs=(1.0,)), name="p").answer([ask("a")]))[0].probs == (1.0,)


def test_scripts_share_answers_only_under_one_name():
    def script(name):
        return Scripted(lambda r: "", name=name).fingerprint

    assert script("a") == script("a") != script("b")
    assert script(None) != script(None)
    assert Constant("a").fingerprint == Constant("a").fingerprint != Constant("b").fingerprint


def test_a_noisy_model_is_right_at_its_rate_and_does_not_change_its_mind():
    model = Noisy(lambda r: r.text, accuracy=0.7, seed=1)
    said = texts(model)
    right = sum(a == r.text for a, r in zip(said, REQUESTS, strict=True))
    assert 240 <= right <= 320  # 280 expected, sd 9
    assert texts(model, REQUESTS[::-1]) == said[::-1]
    assert texts(Noisy(lambda r: r.text, accuracy=0.7, seed=2)) != said
    assert texts(Noisy({r.key: "A" for r in REQUESTS}, accuracy=1.0)) == ["A"] * 400


def test_a_slow_model_takes_its_time_for_each():
    started = time.perf_counter()
    assert texts(Slow(Constant("A"), 0.02), REQUESTS[:3]) == ["A"] * 3
    assert time.perf_counter() - started >= 0.06


def test_a_failing_model_fails_at_its_rate_and_is_the_same_model():
    inner = Constant("A")
    model = Failing(inner, rate=0.5)
    failed = sum(r.error is not None for _, r in model.answer(REQUESTS))
    assert 150 <= failed <= 250
    assert model.fingerprint == inner.fingerprint


def test_the_log_has_a_line_per_request_asked(tmp_path):
    model = Constant("A", log=tmp_path / "log")
    answers = model.answer(REQUESTS[:3])
    next(answers)
    assert (tmp_path / "log").read_text().split() == [REQUESTS[0].key]
    list(answers)
    assert (tmp_path / "log").read_text().split() == [r.key for r in REQUESTS[:3]]
