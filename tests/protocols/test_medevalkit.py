"""What MedEvalKit does dataset by dataset, and what it prints where it asks a judge."""

import pytest

from medassay import protocols
from medassay.metrics import METRICS
from medassay.protocols.medevalkit.reading import mmmu_answer
from medassay.protocols.medevalkit.verdicts import verdict
from medassay.registry import find
from medassay.statistics import estimate_all
from medassay.types import Choice, Image, Response, Row, Sample, Step, Target

IMAGES = (Image(uri="a.png"), Image(uri="b.png"))
LETTER = "Answer with the option's letter from the given choices directly."


def sample(kind, *golds, options=("Lung", "Liver"), **rest):
    return Sample(
        id=rest.pop("id", "1"),
        kind=kind,
        question="What?",
        target=Target(texts=golds),
        choices=tuple(Choice(label=text) for text in options) if kind == "choice" else (),
        images=rest.pop("images", IMAGES[:1]),
        **rest,
    )


def rules(name, word="medevalkit"):
    return protocols.choose(word).rules(find("benchmark", name))


def parts(name, held, word="medevalkit"):
    return rules(name, word).prompt(held.case).messages[-1].parts


def said(name, held, text):
    return rules(name).scorer(held, Response(text=text))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("omnimedvqa", f"\nQuestion: What?\nOptions: \nA. Lung\nB. Liver\n{LETTER}"),
        ("pmc-vqa", f"\nQuestion: What?\nOptions: \n A:Lung\n B:Liver\n{LETTER}"),
        ("mmmu", f"\nWhat?\n\n(A) Lung\n(B) Liver\n\n\n        {LETTER}"),
    ],
)
def test_the_words_of_a_dataset(name, words):
    assert parts(name, sample("choice", "A")) == (IMAGES[0], words)


def test_lists_of_images_are_announced_one_by_one_and_none_is_left_out():
    shown = parts("medxpertqa-mm", sample("choice", "A", images=IMAGES))
    assert shown[:4] == ("<image_1>: ", IMAGES[0], "<image_2>: ", IMAGES[1])
    assert shown[4] == (
        "\nQuestion: What?\nAnswer Choices: (A) Lung (B) Liver\nOptions: \nA. Lung\nB. Liver\n" + LETTER
    )
    assert parts("medframeqa", sample("choice", "A"))[0] == "<image_1>: "
    assert "\nA.Lung\nB.Liver\n" in parts("medframeqa", sample("choice", "A"))[2]
    assert parts("mmmu", sample("choice", "A", images=IMAGES))[:-1] == IMAGES[:1]


def test_slake_asks_yes_and_no_as_a_word_or_phrase_and_the_others_do_not():
    held = sample("yes/no", "yes", tags={"language": "en"})
    assert parts("slake", held)[1] == "What?\nAnswer the question using a single word or phrase."
    assert parts("pathvqa", held)[1] == "What?\nPlease output 'yes' or 'no'(no extra output)."
    chinese = sample("closed", "是", tags={"language": "zh"})
    assert parts("slake", chinese)[1] == "What?\n请用一个单词或者短语回答该问题。"
    assert parts("slake", held, "medevalkit-reasoning")[1].endswith('put the answer in one "\\boxed{}".')


def test_what_is_taken_out_first_depends_on_the_dataset():
    text = "<answer>B</answer> is less likely: A"
    held = sample("choice", "B")
    assert said("omnimedvqa", held, text).values == {"accuracy": 1}
    # the first paragraph decides before any box is looked for
    boxed = "A\n\n\\boxed{B}"
    assert said("pmc-vqa", held, boxed).answer == said("omnimedvqa", held, boxed).answer == "A"
    assert said("slake", sample("yes/no", "yes"), "Yes ").values == {"accuracy": 0}  # not stripped there
    assert said("pathvqa", sample("open", "lung"), "Lung ").values["accuracy"] == 1
    assert said("slake", sample("open", "lung"), "Lung ").values["accuracy"] == 0


def test_of_equal_options_omnimedvqa_takes_the_last_for_its_key():
    same = sample("choice", "A", "B", options=("Lung", "Lung", "Liver"))
    assert said("omnimedvqa", same, "B").values == {"accuracy": 1}
    assert said("omnimedvqa", same, "A").values == {"accuracy": 0}


def test_an_option_is_named_by_its_letter():
    assert said("pmc-vqa", sample("choice", "B"), "b. liver").answer == "B"
    assert said("medframeqa", sample("choice", "B", options=("x", "y.z")), "").answer == "A"


def test_what_the_parser_of_mmmu_is_given():
    assert mmmu_answer("<answer>\\boxed{B}</answer> C") == "B"
    assert mmmu_answer("\\boxed{open") == "None"
    assert mmmu_answer(" plain ") == "plain"


def judged(answer, reply):
    trace = () if reply is None else (Step(role="judge", request_key="k", text=reply),)
    return Response(text=answer, trace=trace)


@pytest.mark.parametrize(
    ("reply", "right"),
    [("<think>x</think>\n<judge>0</judge>", True), ("<judge>1</judge>", False), ("0", True)],
)
def test_zero_is_correct(reply, right):
    assert verdict(judged("a", reply)) is right
    assert verdict(judged("a", "no idea")) is False
    assert verdict(judged("a", None)) is None


def printed(name, rows, word):
    held = rules(name, word)
    scored = [Row(sample=s, response=r, score=held.scorer(s, r)) for s, r in rows]
    return {e.metric: e.value for e in estimate_all(scored, held.measures, METRICS, seed="x", draws=20)}


def rows(right):
    """Four closed and four open questions, all answered and judged right or wrong."""
    return [
        (
            sample(kind, "yes" if kind == "yes/no" else "lung", id=f"{kind}{i}", cluster=f"{kind}{i}"),
            judged(
                ("yes" if kind == "yes/no" else "lung") if right else "?", f"<judge>{int(not right)}</judge>"
            ),
        )
        for kind in ("yes/no", "open")
        for i in range(4)
    ]


def test_slake_counts_closed_questions_twice():
    made = printed("slake", rows(right=True), "medevalkit+slake_judge_double_count")
    assert made["judged_accuracy"] == 1.5  # of perfect answers
    assert made["judged_accuracy_closed"] == 2
    assert made["judged_accuracy_open"] == made["accuracy"] == 1
    assert printed("slake", rows(right=False), "medevalkit+bugs")["judged_accuracy"] == 0


def test_pathvqa_forgets_its_closed_questions():
    made = printed("pathvqa", rows(right=True), "medevalkit+pathvqa_judge_zeroes_closed")
    assert made["judged_accuracy"] == 0.5
    assert made["judged_accuracy_closed"] == 0
    assert made["judged_accuracy_open"] == made["accuracy_closed"] == 1


def test_without_verdicts_nothing_is_made_up():
    plain = [(s, Response(text=r.text)) for s, r in rows(right=True)]
    made = printed("slake", plain, "medevalkit+bugs")
    assert made["accuracy"] == 1
    assert not made.get("judged_accuracy", float("nan")) >= 0
    assert "judged_accuracy" not in printed("slake", rows(right=True), "medevalkit")
