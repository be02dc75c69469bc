"""MedEvalKit's words, in English and Chinese, with and without the wish for a box."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Literal

from medassay.protocols.shared import ask, labels, letters, numbered
from medassay.types import Case, Decoding, Prompt, Request

Form = Literal["choice", "yes/no", "closed", "open"]
_FORMS: Mapping[str, Form] = {
    "choice": "choice",
    "multi-choice": "choice",
    "yes/no": "yes/no",
    "closed": "closed",
}
DECODING = Decoding(max_tokens=1024, top_p=0.001)
IMAGES = 1  # its default passes the first image alone

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
REPORT = (
    "You are a helpful assistant. Please generate a report for the given images, including both findings and "
    "impressions. Return the report in the following format: Findings: {} Impression: {}."
)


def prompt(*, boxed: bool) -> Prompt:
    """The prompt, with the wish for a box where the harness runs in its reasoning mode."""
    return partial(_ask, _BOXED if boxed else _DIRECT)


def shown(case: Case) -> list[str]:
    """The options as they stand in the prompt and are compared with."""
    return [f"{name}. {text}" for name, text in zip(letters(case), labels(case), strict=True)]


def _ask(suffixes: Mapping[tuple[Form, str], str], case: Case) -> Request:
    language = "zh" if case.tags.get("language") == "zh" else "en"
    images = numbered(case.images[:IMAGES])
    if case.kind == "report":
        return ask(case, (*images, REPORT), decoding=DECODING)
    form = _form(case)
    body = f"{case.question}\n"
    if form == "choice":
        body = _BODY[language].format(case.question, "\n".join(shown(case)))
    return ask(case, (*images, body + suffixes[form, language]), decoding=DECODING)


def _form(case: Case) -> Form:
    return _FORMS.get(case.kind, "open")
