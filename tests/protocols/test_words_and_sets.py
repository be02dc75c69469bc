"""The words, subsets and bugs of VLMEvalKit, lmms-eval and How Far 2025."""

import pytest

from medassay import protocols
from medassay.metrics import METRICS
from medassay.registry import find
from medassay.statistics import estimate_all
from medassay.types import Choice, Image, Response, Row, Sample, Target, Where

FIRST, SECOND, THIRD = (Image(uri=f"{name}.png") for name in "abc")
SELECT = "Please select the correct answer from the options above. \n"
PHRASE = "Answer the question using a single word or phrase."
LETTER = "Answer with the option's letter from the given choices directly."


def sample(kind, gold, *options, number=0, question="What?", images=(FIRST,), **rest):
    return Sample(
        id=f"s{number}",
        kind=kind,
        question=question,
        target=Target(texts=(gold,)),
        choices=tuple(Choice(label=text) for text in options),
        cluster=str(number),
        images=images,
        **rest,
    )


def parts(word, name, held):
    card = protocols.choose(word).on(find("benchmark", name), asking=True)
    (message,) = card.prompt(held.case).messages
    return message.parts


def rules(word, name):
    return protocols.choose(word).rules(find("benchmark", name))


def accuracy(word, name, held, text):
    return rules(word, name).scorer(held, Response(text=text)).values["accuracy"]


def test_vlmevalkit_asks_in_its_words():
    choice = sample("choice", "A", "lung", "heart")
    asked = f"Question: What?\nOptions:\nA. lung\nB. heart\n{SELECT}"
    assert parts("vlmevalkit", "omnimedvqa", choice) == (FIRST, asked)
    short = "What?\nPlease directly provide a short answer to the question. "
    assert parts("vlmevalkit", "pathvqa", sample("yes/no", "no")) == (FIRST, short)
    assert parts("vlmevalkit", "vqa-rad", sample("yes/no", "no")) == (FIRST, "What?")


def test_vlmevalkit_puts_images_in_the_place_of_their_names():
    held = sample(
        "choice", "A", "<image 2>", "none", question="Is <image 1> like?", images=(FIRST, SECOND, THIRD)
    )
    assert parts("vlmevalkit", "mmmu", held) == (
        "Question: Is ",
        FIRST,
        " like?\nOptions:\nA. ",
        SECOND,
        f"\nB. none\n{SELECT}",
    )
    assert parts("vlmevalkit", "mmmu", sample("open", "4")) == (FIRST, "Question: What?\n")


def test_lmms_eval_asks_in_its_words():
    held = sample("choice", "A", "x", "y", question="See <image 2>", images=(FIRST, SECOND))
    assert parts("lmms-eval", "mmmu", held) == (SECOND, f"See <image 2>\nA. x\nB. y\n\n{LETTER}")
    assert parts("lmms-eval", "mmmu", sample("open", "4")) == (FIRST, f"What?\n\n{PHRASE}")
    assert parts("lmms-eval", "slake", sample("open", "4")) == (FIRST, f"What?\n{PHRASE}")
    chinese = sample("open", "肺", tags={"language": "zh"})
    assert parts("lmms-eval", "slake", chinese) == (FIRST, "What?\n请用一个词或短语回答问题。")
    card = protocols.choose("lmms-eval").on(find("benchmark", "slake"), asking=True)
    assert card.prompt(chinese.case).decoding.max_tokens == 32


def test_how_far_asks_for_a_box():
    suffix = "Please reason step by step, and put the final answer in \\boxed{}"
    assert parts("how-far-2025", "vqa-rad", sample("yes/no", "no")) == (FIRST, f"What?\n{suffix}")


def test_a_failure_string_is_searched_for_options():
    options = ("answer via API", "something else that is long")
    assert accuracy(
        "vlmevalkit", "omnimedvqa", sample("choice", "A", *options), "Failed to obtain answer via API."
    )


def test_questions_without_options_get_two_only_with_the_bug():
    held = sample("open", "4.2", images=())
    assert not rules("vlmevalkit", "mmmu").takes(held)
    with_bug = rules("vlmevalkit+open_as_two_options", "mmmu")
    assert with_bug.takes is None
    assert with_bug.scorer(held, Response(text="4.2")).values == {"accuracy": 1}
    assert with_bug.scorer(held, Response(text="A")).values == {"accuracy": 1}  # the letter of the key
    assert with_bug.scorer(held, Response(text="4.3")).values == {"accuracy": 0}


@pytest.mark.parametrize(
    ("word", "offered"), [("vlmevalkit+random_letter", "ABZ"), ("lmms-eval+random_letter", "AB")]
)
def test_a_drawn_letter_is_the_samples_own(word, offered):
    scorer = rules(word, "omnimedvqa").scorer
    drawn = [
        scorer(sample("choice", "A", "x1", "y1", number=n), Response(text="?")).answer for n in range(300)
    ]
    again = [
        scorer(sample("choice", "A", "x1", "y1", number=n), Response(text="?")).answer for n in range(300)
    ]
    assert drawn == again
    for letter in offered:  # each about as often: four standard errors
        share = 1 / len(offered)
        assert drawn.count(letter) == pytest.approx(300 * share, abs=4 * (300 * share * (1 - share)) ** 0.5)


def test_the_bugs_of_lmms_eval():
    held = sample("open", "42")
    assert accuracy("lmms-eval", "mmmu", held, "so it is 42.") == 1
    assert accuracy("lmms-eval+open_zero", "mmmu", held, "so it is 42.") == 0
    normal = sample("closed", "是", tags={"language": "zh"})
    assert accuracy("lmms-eval", "slake", normal, "正常") == 0
    assert accuracy("lmms-eval+zh_normal_is_yes", "slake", normal, "正常") == 1


def test_how_far_reads_the_last_box():
    held = sample("choice", "B", "Pneumonia", "Normal heart")
    for text in ("\\boxed{A} no, \\boxed{\\text{B}}", "$\\boxed{B. Normal heart}$", "\\boxed{normal heart}"):
        assert accuracy("how-far-2025", "pmc-vqa", held, text) == 1
    assert accuracy("how-far-2025", "pmc-vqa", held, "\\boxed{A}, not B") == 0
    for text in ("B", "\\boxed{}", "\\boxed{B", ""):
        assert rules("how-far-2025", "pmc-vqa").scorer(held, Response(text=text)).status == "unparsed"
    assert accuracy("how-far-2025", "vqa-rad", sample("yes/no", "no"), "\\boxed{\\textbf{No.}}") == 1


def test_drop_unparsed_leaves_the_denominator():
    texts = ("\\boxed{no}", "\\boxed{no}", "\\boxed{yes}", "no")

    def value(word):
        held = rules(word, "vqa-rad")
        samples = [sample("yes/no", "no", number=n) for n in range(4)]
        rows = [
            Row(sample=s, response=Response(text=t), score=held.scorer(s, Response(text=t)))
            for s, t in zip(samples, texts, strict=True)
        ]
        made = estimate_all(rows, held.measures, METRICS, seed="x", draws=20)[0]
        assert made.counts["unparsed"] == 1
        return made.metric, made.value

    assert value("how-far-2025") == ("accuracy", 0.5)
    assert value("how-far-2025+drop_unparsed") == ("accuracy_of_parsed", pytest.approx(2 / 3))


@pytest.mark.parametrize(
    ("name", "counted", "left_out"),
    [
        ("vqa-rad", ["yes/no"], ["closed", "open"]),
        ("pathvqa", ["yes/no"], ["open"]),
        ("slake", ["yes/no", "closed"], ["open"]),
        ("mmmu", ["choice"], ["open"]),
    ],
)
def test_how_far_counts_closed_questions(name, counted, left_out):
    takes = rules("how-far-2025", name).takes
    assert all(takes(sample(kind, "x")) for kind in counted)
    assert not any(takes(sample(kind, "x")) for kind in left_out)
    if name == "slake":
        assert not takes(sample("yes/no", "yes", tags={"language": "zh"}))
    assert rules("how-far-2025", "medxpertqa-mm").takes is None


def test_how_far_subsets_have_the_papers_sizes(shared_data, tmp_path):
    (tmp_path / "imgs").mkdir()
    (tmp_path / "imgs" / "one").touch()
    (tmp_path / "test.json").symlink_to(shared_data / "slake" / "test.json")
    for name, folder, variant, size in (
        ("slake", tmp_path, "en", 416),
        ("vqa-rad", shared_data / "vqa_rad", "osf", 251),
    ):
        card = protocols.choose("how-far-2025").on(find("benchmark", name), asking=False)
        assert sum(1 for _ in card.load(Where(root=folder, variant=variant))) == size
