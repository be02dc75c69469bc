from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.text import read_choice, read_letters
from medassay.text.reading import Reading
from medassay.types import Choice

TEXTS = ("Pneumonia", "Fracture", "Normal", "Effusion", "Viral pneumonia")


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label=label) for label in labels)


OPTIONS = choices(*TEXTS)


def outcome(reading: Reading) -> str:
    return reading.answer if reading.answer is not None else reading.status


def test_golden_cases_come_out_right(shared_golden: Path) -> None:
    cases = json.loads((shared_golden / "answer_extraction.json").read_text())["cases"]
    wrong = {}
    for case in cases:
        options = choices(*((case["options"] or {}).get(letter, letter) for letter in case["letters"]))
        got = outcome(read_choice(case["text"], options))
        if got != case["right"]:
            wrong[case["id"]] = (case["text"], got, case["right"])
    assert len(cases) == 29
    assert not wrong


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A mass is visible in the left lobe.", "unparsed"),  # the article
        ("So A mass is seen.", "unparsed"),
        ("I would go for d", "D"),  # the pronoun
        ("Choice: (C)", "C"),
        ("option letter - B", "B"),
        ("The answer is clearly D", "D"),
        ("B can be excluded, C too; D fits.", "D"),
        ("Options A, B, C, D. My choice: B", "B"),
        ("The answer is E as the lungs are clear", "E"),
        ("$\\boxed{\\mathbf{D}}$", "D"),
        ("\\boxed{\\boxed{D}}", "D"),
        ("\\boxed{B} no, rather \\boxed{C}", "C"),
        ("\\boxed{}", "unparsed"),
        ("C - because the margins are smooth", "C"),
        ("subnormal", "unparsed"),
        ("Heart without effusion", "unparsed"),
        ("It is viral pneumonia", "E"),  # contains another option's text
        ("Either A or D", "unparsed"),
        ("Answer: A or D", "unparsed"),
        ("The answer is not B", "unparsed"),
        ("G", "unparsed"),
        ("'B'ased on the image", "unparsed"),
        ("答案是Ｂ", "B"),
        ("选 C", "C"),
        ("La respuesta correcta es la opción B", "B"),
        ("[REQUEST FAILED]", "unparsed"),
        ("I am not able to interpret scans.", "refused"),
        ("I cannot determine whether this is pneumonia", "refused"),
        ("I cannot be certain, but the most likely diagnosis is a fracture.", "B"),
        ("No effusion, pneumonia or fracture. Normal study.", "C"),
        ("This is not a normal radiograph, it shows a fracture", "B"),
        ("Fracture rather than pneumonia", "B"),
        ("Pneumonia can be ruled out", "unparsed"),
        ("Is this pneumonia?", "unparsed"),
        ("Pneumonia or fracture", "unparsed"),
        ("B. Pneumonia", "unparsed"),  # letter and text name different options
        ("A. Pneumonia\nB. Fracture\nC. Normal\nD. Effusion\nE. Viral pneumonia", "unparsed"),
        ("Answer choices: A. Pneumonia\nB. Fracture", "unparsed"),
        ("The cause is **B. Fracture**.\n\nThe others are wrong:\n* **A. Pneumonia:** no", "B"),
        ("The answer is B. Why are the others not the best choice:\nA. Pneumonia: no", "B"),
        ("The answer is B\nQuestion: and now?\nAnswer: C", "B"),  # goes on with a turn of its own
        ("Figure (A) shows the hilum", "unparsed"),
        ("Hepatitis (B) is likely", "unparsed"),
        ("C. difficile colitis", "unparsed"),
        ("B cells are seen", "unparsed"),
        ('```json\n{"reason": "A is wrong", "answer": "B"}\n```', "B"),
        ("<answer>C", "C"),  # cut by a stop string
        ("<think>it is A", "unparsed"),
        ("<think>A? or B</think>The answer is C", "C"),
        ("it must be A</think>C", "C"),
        ("<think>hmm, A\nSo the final answer is B", "B"),
    ],
)
def test_traps(text: str, right: str) -> None:
    assert outcome(read_choice(text, OPTIONS)) == right


def test_an_option_of_no_other_words_is_read_as_a_word_of_its_own() -> None:
    options = choices("Yes", "No")
    assert outcome(read_choice("No, it is clear.", options)) == "B"
    assert outcome(read_choice("There is no fracture to be seen", options)) == "unparsed"


def test_own_letters_in_the_options_are_not_part_of_their_text() -> None:
    options = choices("A: opacity", "B: effusion")
    assert outcome(read_choice("A: A: opacity", options)) == "A"
    assert outcome(read_choice("effusion", options)) == "B"


def test_signs_and_decimals_belong_to_the_option() -> None:
    options = choices("<5 mm", "5 mm", ">5 mm")
    assert outcome(read_choice("The lesion is >5 mm wide", options)) == "C"
    assert outcome(read_choice("The lesion is 2.5 mm wide", options)) == "unparsed"


def test_equal_options_decide_nothing() -> None:
    assert outcome(read_choice("Mass", choices("Mass", "Mass", "Cyst"))) == "unparsed"


WORDS = st.sampled_from(
    [
        "effusion",
        "oedema",
        "cardiomegaly",
        "fracture",
        "nodule",
        "mass",
        "cyst",
        "glioma",
        "abscess",
        "normal",
    ]
)
OPTION = st.lists(WORDS, min_size=1, max_size=2, unique=True).map(" ".join)
FRAMES = (
    "{L}",
    "({L})",
    "[{l}]",
    "**{L}**",
    "{L}.",
    " {L}\n",
    "{L}. {text}",
    "{L}) {text}",
    "({L}) {text}",
    "Option {L}",
    "{L}: {text}",
    "The answer is {L}.",
    "Answer: {L}",
    "The correct answer is ({L}) {text}.",
    "answer - {l}",
    "**Answer:** {L}. {text}",
    "Answer\n{L}",
    "Final answer: **{L}**",
    "The best option would be option {L}.",
    "I would choose {l}",
    "My choice: {L}, because it fits.",
    "{L} is correct.",
    "Therefore, the answer is {L}",
    "The findings are best explained by this.\n\nAnswer: {L}",
    "The findings are subtle.\n{L}",
    "\\boxed{{{L}}}",
    "$\\boxed{{\\text{{{L}}}}}$",
    "<answer>{L}</answer>",
    '{{"answer": "{L}"}}',
    "\\boxed{{{text}}}",
    "<think>Perhaps {M}, or not.</think>{L}",
    "Not {M}. The answer is {L}",
    "Option {M} is wrong; the answer is {L}",
    "The answer is {text}.",
    "The diagnosis is:\n\n{L}. {text}",
    "{text}",
    "答案是{L}",
    "The image shows {text}.",
)


@given(
    options=st.lists(OPTION, min_size=2, max_size=10, unique_by=lambda o: frozenset(o.split())),
    data=st.data(),
    frame=st.sampled_from(FRAMES),
    wide=st.booleans(),
)
def test_any_option_in_any_common_frame_is_read_back(
    options: list[str], data: st.DataObject, frame: str, wide: bool
) -> None:
    right = data.draw(st.integers(0, len(options) - 1))
    letter, other = "ABCDEFGHIJ"[right], "ABCDEFGHIJ"[(right + 1) % len(options)]
    text = frame.format(L=letter, l=letter.lower(), M=other, text=options[right])
    if wide:
        text = text.translate({i: i + 0xFEE0 for i in range(ord("A"), ord("Z") + 1)})
    reading = read_choice(text, choices(*options))
    assert outcome(reading) == letter, (text, options, reading)
    assert reading.span is not None
    read = unicodedata.normalize("NFKC", text[slice(*reading.span)]).lower()
    assert letter.lower() in read or options[right] in read


@given(
    sentences=st.lists(
        st.sampled_from(
            [
                "A mass is visible in the left lobe.",
                "I see a nodule, and I think a scan would help.",
                "There is no evidence of any of them.",
                "The answer needs more thought.",
                "A choice between several options is hard.",
                "The patient has a history of vitamin B deficiency and hepatitis C.",
                "Arrow (A) marks the hilum.",
                "Options A, B and C were given.",
                "No fracture, effusion or pneumonia is seen.",
                "So a biopsy is needed.",
                "It is a subnormal value.",
            ]
        ),
        max_size=6,
    )
)
def test_text_without_an_answer_is_never_read_as_one(sentences: list[str]) -> None:
    reading = read_choice(" ".join(sentences), OPTIONS)
    assert reading.answer is None, reading


@given(
    order=st.permutations(TEXTS), text=st.sampled_from(["Fracture of the rib", "no effusion; normal heart"])
)
def test_the_order_of_options_moves_the_letter_and_nothing_else(order: list[str], text: str) -> None:
    first = read_choice(text, OPTIONS).answer
    moved = read_choice(text, choices(*order)).answer
    assert first is not None
    assert moved is not None
    assert TEXTS["ABCDE".index(first)] == order["ABCDE".index(moved)]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A, C", "A,C"),
        ("ACD", "A,C,D"),
        ("A and D", "A,D"),
        ("Both A and B", "A,B"),
        ("The answers are B, D and E", "B,D,E"),
        ("\\boxed{A, B}", "A,B"),
        ("<answer>C</answer>", "C"),
        ("A. Pneumonia\nC. Normal", "A,C"),
        ("Pneumonia, Effusion", "A,D"),
        ("A. Pneumonia\nB. Fracture\nC. Normal\nD. Effusion\nE. Viral pneumonia", "unparsed"),
        ("A, G", "unparsed"),
        ("A mass with a cyst", "unparsed"),
        ("I cannot answer that.", "refused"),
        ("", "unparsed"),
    ],
)
def test_sets_of_letters(text: str, right: str) -> None:
    reading = read_letters(text, OPTIONS)
    assert outcome(reading) == right
    assert reading.answers == (tuple(right.split(",")) if reading.status == "scored" else ())
