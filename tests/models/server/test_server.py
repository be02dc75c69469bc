"""A server over real HTTP: what is sent, what comes back, and what happens when it misbehaves."""

from __future__ import annotations

import base64
import itertools
import time

import pytest

from medassay.errors import ModelError, UsageError
from medassay.models.server import ServerModel, exchange, retries
from medassay.types import Decoding, Image, Message, Request

from .endpoint import Reply, said, serving

pytest.importorskip("openai", reason="openai absent")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.01)


def ask(text, *images, **decoding):
    message = Message(role="user", parts=(*images, text))
    return Request(messages=(message,), decoding=Decoding(**decoding))


def answers(model, requests):
    found = list(model.answer(requests))
    assert sorted(index for index, _ in found) == list(range(len(requests)))  # each once
    return [response for _, response in sorted(found, key=lambda f: f[0])]


def echo(body, before):
    return said(f"to {body['messages'][-1]['content']}")


def test_answers_tokens_and_what_the_server_says_of_itself():
    with serving(echo) as server:
        model = ServerModel(server.address)
        first, second = answers(model, [ask("a"), ask("b")])
    assert (first.text, second.text) == ("to a", "to b")
    assert (first.usage.input_tokens, first.usage.output_tokens, first.usage.euros) == (100, 10, None)
    assert (first.served_model, first.served_at) == ("served-name fp_1", 1_790_000_000)
    assert first.seconds > 0
    assert model.name == "tiny"  # the only one that the server names
    assert model.identity["requested"] == "tiny"
    assert model.destination == server.address


def test_images_go_as_their_own_bytes_in_their_place(shared_data):
    path = shared_data / "vqa_rad" / "images" / "synpic21734.jpg"
    with serving(echo) as server:
        answers(
            ServerModel(server.address, name="m"), [ask("What is it?", Image(uri=str(path)), max_tokens=7)]
        )
    (body,) = server.asked
    picture, words = body["messages"][0]["content"]
    assert (
        picture["image_url"]["url"]
        == "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()
    )
    assert words == {"type": "text", "text": "What is it?"}
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("m", 7, 0.0)


def test_an_image_that_is_not_there_fails_its_own_request_alone(tmp_path):
    with serving(echo) as server:
        bad, good = answers(
            ServerModel(server.address), [ask("a", Image(uri=str(tmp_path / "gone.png"))), ask("b")]
        )
    assert bad.error.startswith("image: ")
    assert "gone.png" in bad.error
    assert good.text == "to b"
    assert server.texts() == ["b"]


PASSING = {
    "429": Reply(429, {"error": {"message": "slow down"}}),
    "429 with a wait": Reply(429, {"error": {"message": "slow down"}}, Retry_After="0"),
    "500": Reply(500, {"error": {"message": "oops"}}),
    "503 without a body": Reply(503, b""),
    "408": Reply(408, {}),
    "cut connection": Reply(200, b'{"choices": [', cut=True),
    "malformed JSON": Reply(200, b'{"choices": [{"message"'),
    "no choices": Reply(200, {"choices": []}),
    "HTML": Reply(200, b"<html>gateway</html>"),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_can_pass_is_asked_again(name):
    with serving(lambda body, before: PASSING[name] if before < 2 else echo(body, before)) as server:
        (answer,) = answers(ServerModel(server.address, name="m"), [ask("a")])
    assert answer.text == "to a"
    assert len(server.asked) == 3


@pytest.mark.parametrize("name", PASSING)
def test_what_does_not_pass_in_time_is_a_failure_that_says_how_often(name):
    with serving(lambda *_: PASSING[name]) as server:
        (answer,) = answers(ServerModel(server.address, name="m", tries=3), [ask("a")])
    assert answer.text == ""
    assert answer.error.endswith("(asked 3 times)")
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_cannot_pass_is_asked_once_and_spoils_no_other(status):
    bad = Reply(status, {"error": {"message": "too long"}})
    with serving(lambda body, before: bad if "a" in str(body["messages"]) else echo(body, before)) as server:
        first, second = answers(ServerModel(server.address, name="m"), [ask("a"), ask("b")])
    assert first.error.startswith(f"server {status}: ")
    assert "too long" in first.error
    assert second.text == "to b"
    assert server.texts().count("a") == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, {"error": {"message": "who are you"}}),
        Reply(404, {"error": {"message": "no such model"}}),
        Reply(429, {"error": {"message": "no money", "code": "insufficient_quota"}}),
    ],
)
def test_what_fails_for_all_stops_the_asking(reply):
    with serving(lambda *_: reply) as server:
        found = answers(ServerModel(server.address, name="m"), [ask(str(i)) for i in range(200)])
    assert all(r.error.startswith(f"server {reply.status}") for r in found)
    assert len(server.asked) <= 16  # those that were under way


def test_a_server_that_hangs_times_out_and_is_asked_again():
    def script(body, before):
        reply = echo(body, before)
        reply.wait = 0.6 if before == 0 else 0.0
        return reply

    with serving(script) as server:
        (answer,) = answers(ServerModel(server.address, name="m", timeout=0.3), [ask("a")])
    assert answer.text == "to a"
    assert len(server.asked) == 2


def test_a_dead_address_is_a_failure_with_its_reason():
    (answer,) = answers(ServerModel("http://127.0.0.1:9/v1", name="m", tries=2), [ask("a")])
    assert answer.error.startswith("connection: ")


def test_a_server_that_asks_for_quiet_gets_it():
    times = []

    def script(body, before):
        times.append(time.monotonic())
        if len(times) == 1:
            return Reply(429, {"error": {"message": "quiet"}}, Retry_After="0.5")
        return echo(body, before)

    with serving(script) as server:
        found = answers(ServerModel(server.address, name="m", concurrency=1), [ask(str(i)) for i in range(3)])
    assert all(r.error is None for r in found)
    assert times[1] - times[0] >= 0.5


def test_refusals_and_empty_answers_are_answers():
    script = {
        "refused": said(None, message={"refusal": "I cannot help with that."}),
        "filtered": said("", finish_reason="content_filter"),
        "empty": said(""),
        "cut": said("The find", finish_reason="length"),
        "thought": said("<think>hm</think>yes"),
        "reasoned": said("yes", message={"reasoning_content": "hm"}),
    }
    with serving(lambda body, _: script[body["messages"][-1]["content"]]) as server:
        found = dict(zip(script, answers(ServerModel(server.address), [ask(t) for t in script]), strict=True))
    assert all(response.error is None for response in found.values())
    assert (found["refused"].text, found["refused"].finish_reason) == ("I cannot help with that.", "refusal")
    assert (found["filtered"].text, found["filtered"].finish_reason) == ("", "refusal")
    assert (found["empty"].text, found["empty"].finish_reason) == ("", "stop")
    assert found["cut"].finish_reason == "length"
    assert [(found[k].thinking, found[k].text) for k in ("thought", "reasoned")] == [("hm", "yes")] * 2


def test_a_storm_loses_nothing_and_asks_nothing_twice_that_was_answered():
    count = itertools.count()
    answered = []

    def script(body, before):
        n = next(count)
        if n % 7 == 3:
            return Reply(503, b"")
        if n % 11 == 5:
            return Reply(200, b"{", cut=True)
        answered.append(body["messages"][-1]["content"])
        return echo(body, before)

    requests = [ask(str(i)) for i in range(300)]
    with serving(script) as server:
        found = answers(ServerModel(server.address, name="m", tries=12), requests)
    assert [r.text for r in found] == [f"to {i}" for i in range(300)]
    assert sorted(answered) == sorted(str(i) for i in range(300))


def test_the_pace_grows_while_latency_holds_and_never_above_its_ceiling():
    def script(body, before):
        reply = echo(body, before)
        reply.wait = 0.15
        return reply

    with serving(script) as server:
        answers(ServerModel(server.address, name="m", concurrency=24), [ask(str(i)) for i in range(150)])
    assert 16 < server.most_at_once <= 24


def test_leaving_early_stops_the_asking():
    def script(body, before):
        reply = echo(body, before)
        reply.wait = 0.05
        return reply

    with serving(script) as server:
        asking = ServerModel(server.address, name="m").answer([ask(str(i)) for i in range(500)])
        next(asking)
        asking.close()
        asked = len(server.asked)
        time.sleep(0.2)
        assert len(server.asked) == asked < 100


def test_keys_come_from_the_environment_and_reach_no_message(monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    echoing = Reply(400, {"error": {"message": "bad key sk-very-secret given"}})
    with serving(lambda *_: echoing) as server:
        model = ServerModel(server.address, name="m", key="MY_KEY")
        (answer,) = answers(model, [ask("a")])
    assert server.headers[0]["authorization"] == "Bearer sk-very-secret"
    assert "[key]" in answer.error
    for text in (answer.error, str(model.identity), repr(model), model.destination):
        assert "sk-very-secret" not in text


def test_a_missing_key_a_password_and_an_address_that_is_none(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match="environment variable OPENAI_API_KEY"):
        ServerModel("https://api.openai.com/v1", name="m")
    with pytest.raises(UsageError, match="must not hold a password") as caught:
        ServerModel("https://me:hidden@example.org/v1", name="m")
    assert "hidden" not in str(caught.value)
    with pytest.raises(UsageError, match=r"http://host:port/v1"):
        ServerModel("example.org", name="m")


def test_a_server_with_several_models_wants_a_name():
    with (
        serving(echo, models=("a", "b")) as server,
        pytest.raises(ModelError, match="serves a, b; choose one"),
    ):
        ServerModel(server.address)


def _table(tmp_path):
    path = tmp_path / "prices.yaml"
    path.write_text("kind: prices\nschema: 1\nmodels:\n  m: {input: 10, output: 100}\n", "utf-8")
    return str(path)


def test_every_answer_has_its_price_and_a_budget_is_never_passed(tmp_path):
    with serving(echo) as server:
        (answer,) = answers(ServerModel(server.address, name="m", prices=_table(tmp_path)), [ask("a")])
        assert answer.usage.euros == pytest.approx((100 * 10 + 10 * 100) / 1e6)
        # an answer may cost up to 256 tokens out: 0.0256 euros, and costs 0.002
        model = ServerModel(server.address, name="m", prices=_table(tmp_path), budget=0.1)
        found = answers(model, [ask(str(i)) for i in range(200)])
    done = [r for r in found if r.error is None]
    assert sum(r.usage.euros for r in done) <= 0.1
    assert 30 <= len(done) < 50
    assert {r.error.partition(":")[0] for r in found if r.error} == {"budget"}


def test_a_budget_without_a_price_is_refused(tmp_path):
    with pytest.raises(UsageError, match="needs the price of 'other'"):
        ServerModel("http://127.0.0.1:9/v1", name="other", prices=_table(tmp_path), budget=1.0)


def test_an_image_is_read_once_for_questions_that_follow_each_other(monkeypatch, shared_data):
    read = []
    monkeypatch.setattr(exchange, "read_bytes", lambda image: read.append(image) or b"\x89PNG\r\n\x1a\n")
    image = Image(uri="scan.png")
    with serving(echo) as server:
        answers(ServerModel(server.address, name="m", concurrency=1), [ask(str(i), image) for i in range(9)])
    assert len(read) == 1
