"""A scheme's calls drawn as a conversation: nothing of it lost, nothing of it steers the page."""

from dataclasses import replace

from medassay.reporting.conversation import MAX_SAID, conversation
from medassay.reporting.html import render
from medassay.types import Response, Step, Usage


def step(role, text, round, **rest):
    return Step(role=role, text=text, round=round, request_key="k", **rest)


TRACE = (
    step(
        "expert 1", "I see a <b>shadow</b>.", 1, to="moderator", usage=Usage(input_tokens=90, output_tokens=7)
    ),
    step("expert 2", "", 1, to="moderator", usage=Usage(input_tokens=91, output_tokens=1)),
    step("moderator", "yes", 2, usage=Usage(input_tokens=120, output_tokens=2), seconds=1.5),
    step("judge", "right", 0, usage=Usage(input_tokens=1000, output_tokens=1)),
)


def test_rounds_in_order_with_what_they_took_and_no_judge_in_the_sum():
    held = conversation(Response(text="yes", trace=TRACE, agreement=0.5, fallback="expert 2: it is empty"))
    assert held is not None
    assert held.summary == "3 calls, 301 tokens in, 10 out"
    assert [(title, [said.role for said in spoken]) for title, spoken in held.rounds] == [
        ("Round 1", ["expert 1", "expert 2"]),
        ("Round 2", ["moderator"]),
        ("After the answer", ["judge"]),
    ]
    assert held.rounds[1][1][0].cost == "120 in, 2 out, 1.500 s"
    assert (held.behind, held.broke) == ("50% of the voices are behind the answer", "expert 2: it is empty")


def test_one_call_is_no_conversation():
    assert conversation(Response(text="yes")) is None
    assert conversation(Response(text="yes", trace=TRACE[-1:])) is None


def test_a_long_reply_is_cut_and_counted():
    held = conversation(Response(trace=(step("expert", "w" * (MAX_SAID + 5), 1),)))
    assert held is not None
    [(_, [said])] = held.rounds
    assert (len(said.text), said.cut) == (MAX_SAID, 5)


def test_the_page_folds_it_away_and_escapes_it(build):
    row = build.row(1)
    trace = (*TRACE, step("</details><script>", build.hostile, 3, to="<i>"))
    talked = replace(row, response=replace(row.response, trace=trace, fallback="<u>broke"))
    page = render([build.record([talked, build.row(2)])], [])
    assert page.count('<details class="conversation">') == 1
    assert "I see a &lt;b&gt;shadow&lt;/b&gt;." in page
    assert "<script" not in page
    assert "&lt;u&gt;broke" in page
    assert "\x00" not in page
