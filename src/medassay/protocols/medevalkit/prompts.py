"""MedEvalKit's words, in English and Chinese, with and without the wish for a box."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from medassay.protocols.medevalkit.layouts import Layout
from medassay.protocols.shared import ask, labels, letters
from medassay.types import Case, Decoding, Part, Prompt, Request

Form = Literal["choice", "yes/no", "closed", "open"]
_FORMS: Mapping[str, Form] = {
    "choice": "choice",
    "multi-choice": "choice",
    "yes/no": "yes/no",
    "closed": "closed",
}
DECODING = Decoding(max_tokens=1024, top_p=0.001)

_DIRECT: Mapping[tuple[Form, str], str] = {
    ("choice", "en"): "Answer with the option's letter from the given choices directly.",
    ("yes/no", "en"): "Please output 'yes' or 'no'(no extra output).",
    ("closed", "en"): "Answer the question using a single word or phrase.",
    ("open", "en"): "Please answer the question concisely.",
    ("choice", "zh"): "请直接使用给定选项中的选项字母来回答该问题。",
    ("yes/no", "zh"): "请输出'是'或'否'(不要有任何其它输出)。",
    ("closed", "zh"): "请用一个单词或者短语回答该问题。",
    ("open", "zh"): "请简要回答该问题。",
}
_BOXED: Mapping[tuple[Form, str], str] = {
    ("choice", "en"): "Answer with the option's letter from the given choices and put the letter in one "
    '"\\boxed{}".',
    ("yes/no", "en"): 'Please output "yes" or "no" and put the answer in one "\\boxed{}".',
    ("closed", "en"): "Answer the question using a single word or phrase and put the answer in one "
    '"\\boxed{}".',
    ("open", "en"): 'Please answer the question concisely and put the answer in one "\\boxed{}".',
    ("choice", "zh"): '请直接使用给定选项中的选项字母来回答该问题,并将答案包裹在"\\boxed{}"里',
    ("yes/no", "zh"): "请输出'是'或'否'，并将答案放在一个'\\boxed{}'中。",
    ("closed", "zh"): "请用一个单词或者短语回答该问题，并将答案放在一个'\\boxed{}'中。",
    ("open", "zh"): "请简要回答该问题，并将答案放在一个'\\boxed{}'中。",
}
_BODY = {"en": "\nQuestion: {}\nOptions: \n{}\n", "zh": "\n问题： {}\n选项： \n{}\n"}


def choice(layout: Layout, *, boxed: bool) -> Prompt:
    """A choice, its options one a line."""

    def prompt(case: Case) -> Request:
        language = _language(case)
        body = _BODY[language].format(layout.question(case), "\n".join(layout.shown(case)))
        images = _announced(case) if layout.listed else list(case.images)
        return ask(case, (*images, body + _ends(boxed)["choice", language]), decoding=DECODING)

    return prompt


def short(*, marked: bool, boxed: bool) -> Prompt:
    """A short answer; `marked`: what is closed is the dataset's own mark, and asked for as a word or phrase.

    Elsewhere a gold of yes or no is asked for as such, which gives the form of the answer away.
    """

    def prompt(case: Case) -> Request:
        form = _FORMS.get(case.kind, "open")
        form = "closed" if marked and form == "yes/no" else form
        text = f"{case.question}\n{_ends(boxed)[form, _language(case)]}"
        return ask(case, (*case.images, text), decoding=DECODING)

    return prompt


def mmmu(*, boxed: bool) -> Prompt:
    """MMMU: the first image alone, whatever the words name, and eight blanks before the last line."""

    def prompt(case: Case) -> Request:
        options = "".join(
            f"({name}) {text}\n" for name, text in zip(letters(case), labels(case), strict=True)
        )
        body = f"\n{case.question}\n\n{options}\n\n" if options else f"\n{case.question}\n\n"
        end = _ends(boxed)["choice" if options else "closed", "en"]
        return ask(case, (*case.images[:1], f"{body}        {end}"), decoding=DECODING)

    return prompt


def _announced(case: Case) -> list[Part]:
    return [part for i, image in enumerate(case.images, 1) for part in (f"<image_{i}>: ", image)]


def _ends(boxed: bool) -> Mapping[tuple[Form, str], str]:
    return _BOXED if boxed else _DIRECT


def _language(case: Case) -> str:
    return "zh" if case.tags.get("language") == "zh" else "en"
