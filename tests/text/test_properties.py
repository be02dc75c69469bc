"""What holds for every text, whatever it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.text.adversarial import TEXTS

from medassay.text import (
    Form,
    Reading,
    form_of,
    normalise,
    read_boxes,
    read_choice,
    read_labels,
    read_letters,
    read_number,
    read_text,
    read_yes_no,
    repetitive,
)
from medassay.text.languages import ANSWER_IS, YES_NO, latin_letters
from medassay.types import Choice

OPTIONS = tuple(Choice(label=x) for x in ("Pneumonia", "Fracture", "Normal", "Effusion", "Viral pneumonia"))
Reader = Callable[[str], Reading]
READERS: dict[str, Reader] = {
    "choice": lambda text: read_choice(text, OPTIONS),
    "multi-choice": lambda text: read_letters(text, OPTIONS),
    "labels": lambda text: read_labels(text, OPTIONS),
    "yes/no": lambda text: read_yes_no(text, "Is there a fracture?"),
    "number": lambda text: read_number(text, "mm"),
    "box": lambda text: read_boxes(text, size=(640, 480)),
    "text": read_text,
}
PIECES = (
    "A", "B.", "(C)", "the answer is", "yes", "no", "not", "or", "and", "12", "3.5 mm", "[1, 2, 3, 4]",
    "<box>", "</box>", "<answer>", "\\boxed{", "}", "*", "**", "<think>", "</think>", "T2*",
    "是", "答案是", "А", "ب", "，", "لا", "I cannot determine", "fracture", "normal", '{"answer": ',
    '"label": "x"', "\n", "＿", "½", "²", "^",
)  # fmt: skip
ANY_TEXT = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
DECIDED = (
    "B",
    "(b)",
    "The answer is B.",
    "Answer: B",
    "I choose B",
    "B is correct.",
    "\\boxed{B}",
    "fracture",
)


@pytest.mark.parametrize("kind", READERS)
@given(text=ANY_TEXT)
def test_any_text_is_read_without_an_error_and_its_span_lies_within_it(kind: str, text: str) -> None:
    reading = READERS[kind](text)
    assert (reading.answer is None) == (reading.status != "scored")
    assert reading.rule
    if reading.span is not None:
        assert 0 <= reading.span[0] <= reading.span[1] <= len(text)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("name", TEXTS)
def test_texts_made_to_be_slow_are_read(kind: str, name: str) -> None:
    assert READERS[kind](TEXTS[name](2_000)).status in {"scored", "unparsed", "refused"}


@pytest.mark.parametrize("kind", READERS)
@given(text=ANY_TEXT, space=st.sampled_from([" ", "\n", "\n\n", "\t "]))
def test_white_space_around_a_text_changes_nothing(kind: str, text: str, space: str) -> None:
    bare, wide = READERS[kind](text.strip()), READERS[kind](space + text.strip() + space)
    assert (wide.status, wide.answer, wide.rule) == (bare.status, bare.answer, bare.rule)


@given(
    text=st.sampled_from(DECIDED),
    more=st.lists(
        st.sampled_from(
            [
                "The margins are smooth.",
                "This follows from the density of the lesion.",
                "The heart is of usual size.",
                "Consult your doctor.",
            ]
        ),
        max_size=4,
    ),
    joint=st.sampled_from(["\n", "\n\n"]),
)
def test_an_explanation_without_letters_changes_no_letter(text: str, more: list[str], joint: str) -> None:
    assert read_choice(joint.join([text, *more]), OPTIONS).answer == "B"


@given(
    order=st.permutations(range(5)),
    frame=st.sampled_from(["The answer is {}", "{}", "{}) {} it is", "**{}**"]),
)
def test_a_letter_means_its_place_whatever_the_options_are(order: list[int], frame: str) -> None:
    options = tuple(OPTIONS[i] for i in order)
    for letter in "ABCDE":
        assert read_choice(frame.format(letter, ""), options).answer == letter


@given(
    letters=st.sets(st.sampled_from("ABCDE"), min_size=1, max_size=4),
    joint=st.sampled_from([", ", " and ", "; ", "/", " & ", "\n", "、"]),
    frame=st.sampled_from(
        ["{}", "The answers are {}", "Answer: {}", "\\boxed{{{}}}", "<answer>{}</answer>", "({})", "**{}**"]
    ),
)
def test_any_set_in_any_common_frame_is_read_back(letters: set[str], joint: str, frame: str) -> None:
    reading = read_letters(frame.format(joint.join(sorted(letters))), OPTIONS)
    assert reading.answers == tuple(sorted(letters)), reading


WORDS = [
    (language, word, polarity)
    for language, pair in YES_NO.items()
    for polarity, words in zip(("yes", "no"), pair, strict=True)
    for word in words.replace("\\s+", " ").split("|")
]


@pytest.mark.parametrize(("language", "word", "polarity"), WORDS)
@pytest.mark.parametrize(
    "frame", ["{}", "{}.", " {}\n", "{}, X.", "**{}**", "<answer>{}</answer>", "\\boxed{{{}}}"]
)
def test_yes_and_no_of_every_language_are_read_back(
    language: str, word: str, polarity: str, frame: str
) -> None:
    assert read_yes_no(frame.format(word)).answer == polarity, language


LEADS = {
    "zh": "答案是：", "ja": "正解は", "ko": "정답은 ", "es": "La respuesta correcta es ",
    "pt": "A resposta é ",
    "fr": "La bonne réponse est ", "de": "Die richtige Antwort ist ", "it": "La risposta è ",
    "ru": "Правильный ответ: ", "ar": "الإجابة الصحيحة هي ", "he": "התשובה הנכונה היא ",
    "hi": "सही उत्तर है ",
}  # fmt: skip


@pytest.mark.parametrize("language", ANSWER_IS)
@pytest.mark.parametrize("letter", "ABCDE")
def test_every_language_leads_up_to_letters_numbers_and_words(language: str, letter: str) -> None:
    lead = LEADS[language]
    assert read_choice(f"{lead}{letter}", OPTIONS).answer == letter
    assert (
        read_choice(f"{lead}**{letter}. {OPTIONS['ABCDE'.index(letter)].label}**", OPTIONS).answer == letter
    )
    assert read_number(f"2019: {lead}12 mm.", "mm").number == 12
    assert read_text(f"{lead}MRI.").answer == "MRI"


def test_letters_of_other_alphabets_keep_their_place_and_words_keep_theirs() -> None:
    assert latin_letters("Ответ: С.") == "Ответ: C."
    assert latin_letters("В лёгких, С уважением") == "В лёгких, С уважением"
    assert latin_letters("ABC") == "ABC"


@pytest.mark.parametrize(
    ("text", "form", "normal"),
    [
        ("肝脏。", "cjk", "肝脏"),
        ("「左 肺」，右肺", "cjk", "左肺右肺"),
        ("T2 加权", "cjk", "t2加权"),
        ("1.5 cm", "cjk", "1.5 cm"),
        ("1,234.567", "mmmu-open", "1234.57"),
        (" Left Lung ", "mmmu-open", "left lung"),
        ("3", "mmmu-open", "3.0"),
        ("X Ray (chest)", "lmms-slake", "xray"),
        ("Yeah!", "lmms-slake", "yes"),
        ("正常。", "lmms-slake", "yes"),
        ("不正常", "lmms-slake", "no"),
        ("肝（右）、脾", "lmms-slake", "肝 脾"),
    ],
)
def test_named_forms_by_hand(text: str, form: Form, normal: str) -> None:
    assert normalise(text, form) == normal


def test_the_language_of_the_key_names_the_form() -> None:
    assert [form_of(text) for text in ("liver", "肝脏", "きのう", "")] == ["vqa-med", "cjk", "cjk", "vqa-med"]


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("x" * 2_000, False),
        ("x" * 2_100, True),
        ("The heart is large. " * 105, True),
        (" " * 5_000, False),
        ("", False),
    ],
)
def test_a_loop_is_the_last_hundred_characters_more_than_twenty_times(text: str, loops: bool) -> None:
    assert repetitive(text) is loops
