"""lmms-eval: SLAKE by equality in a normal form of its own, MMMU by its copy of the parser."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from functools import lru_cache

from medassay.protocols.mmmu import candidates, drawn, matched
from medassay.protocols.mmmu import letter as mmmu_letter
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import ask, gold, labels, letters, slices
from medassay.types import (
    Benchmark,
    Case,
    Decoding,
    Image,
    Kind,
    Measure,
    Prompt,
    Request,
    Response,
    Sample,
    Score,
)

_ASIDES = (re.compile(r"\([^)]*\)"), re.compile(r"（[^）]*）"))
_FULL_WIDTH = "＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～！？"
_MARKS = str.maketrans(dict.fromkeys(string.punctuation + _FULL_WIDTH + "｡、。《》【】", " "))
_YES = frozenset(["yes", "yeah", "yep", "true", "是", "是的", "有", "包含", "可以", "能", "会"])
_NO = frozenset(["no", "nope", "false", "否", "不是", "没有", "无", "不包含", "不能", "不会", "不可以"])
_NORMAL, _ABNORMAL = "正常", frozenset({"不正常", "异常"})
_ITS_OWN = frozenset({"slake", "mmmu"})
_RULED = frozenset[Kind]({"choice", "yes/no", "closed", "open"})
_PHRASE = {"zh": "请用一个词或短语回答问题。", "en": "Answer the question using a single word or phrase."}
_LETTER = "Answer with the option's letter from the given choices directly."


@lru_cache(maxsize=4096)
def normal(text: str, *, normal_is_yes: bool = False) -> str:
    """Its normal form of a short answer; with `normal_is_yes` Chinese (ab)normal is yes and no."""
    bare = text.lower()
    for aside in _ASIDES:
        bare = aside.sub(" ", bare)
    flat = " ".join(bare.translate(_MARKS).split())
    if flat == "x ray":  # as the whole answer alone
        return "xray"
    if flat in _YES or (normal_is_yes and flat == _NORMAL):
        return "yes"
    return "no" if flat in _NO or (normal_is_yes and flat in _ABNORMAL) else flat


def _worded(benchmark: str) -> Prompt:
    """A choice with its options and the wish for a letter; else the wish for a word or phrase.

    Images come first, in MMMU those alone that the text names; the words `<image n>` stay.
    """

    def prompt(case: Case) -> Request:
        if case.kind == "choice" or benchmark == "mmmu":
            named = zip(letters(case), labels(case), strict=True)
            options = "\n".join(f"{name}. {text}" for name, text in named)
            body = "\n".join(filter(None, (case.question, options)))
            text = f"{body}\n\n{_LETTER if options else _PHRASE['en']}"
            return ask(case, (*_shown(case, text), text), decoding=Decoding(max_tokens=128))
        language = "zh" if case.tags.get("language") == "zh" else "en"
        text = f"{case.question.strip()}\n{_PHRASE[language]}"
        return ask(case, (*case.images, text), decoding=Decoding(max_tokens=32))

    return prompt


def _shown(case: Case, text: str) -> list[Image]:
    """The images that the text names; all where it names none."""
    named = [image for n, image in enumerate(case.images, start=1) if f"<image {n}>" in text]
    return named or list(case.images)


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    kinds = _RULED & frozenset(benchmark.kinds)
    if not kinds:
        held = ", ".join(sorted(benchmark.kinds))
        raise not_covered("lmms-eval", benchmark, f"it has no rule for {held} rows")
    every = kinds == frozenset(benchmark.kinds)

    def scorer(sample: Sample, response: Response) -> Score:
        return judged(response, lambda text: _read(sample, text, benchmark, bugs), rule="lmms-eval")

    return Rules(
        scorer=scorer,
        measures=(Measure(metric="accuracy", by=slices(benchmark)),),
        prompt=None if benchmark.name == "mmmu-pro" else _worded(benchmark.name),
        takes=None if every else lambda sample: sample.kind in kinds,
        subset="" if every else f"questions of kind {', '.join(sorted(kinds))}",
        note="" if benchmark.name in _ITS_OWN else "its rules of SLAKE and MMMU; it never had this set",
    )


def _read(
    sample: Sample, text: str, benchmark: Benchmark, bugs: Bugs
) -> tuple[str | None, Mapping[str, float]]:
    if sample.kind == "choice":
        found = mmmu_letter(text, labels(sample), copy="lmms-eval")
        if found is None and "random_letter" in bugs:
            found = drawn(sample.id, len(sample.choices))
        return found, {"accuracy": float(found == gold(sample))}
    if benchmark.name == "mmmu":
        return text, {"accuracy": float(_open(text, sample.target.texts, bugs))}
    swapped = "zh_normal_is_yes" in bugs
    said, wanted = (normal(answer, normal_is_yes=swapped) for answer in (text, gold(sample)))
    return said, {"accuracy": float(said == wanted)}


def _open(text: str, golds: Sequence[str], bugs: Bugs) -> bool:
    """MMMU's open rule; with the bug one candidate is kept, as a text, and each character is compared."""
    said = candidates(text)
    return matched(str(min(said, key=str)) if "open_zero" in bugs else said, golds)


PROTOCOL = Protocol(
    name="lmms-eval",
    title="lmms-eval",
    source="EvolvingLMMs-Lab/lmms-eval@75571cf",
    definition=(
        "Short answers equal in its own normal form, closed and open alike; letters by its copy of MMMU's "
        "parser, for which any capital before a blank is a letter."
    ),
    rules=_rules,
    bugs={
        "random_letter": "a letter that is not found is drawn (by the sample's id here; unseeded there)",
        "zh_normal_is_yes": "the Chinese word for normal counts as yes, those for abnormal as no",
        "open_zero": "open answers of MMMU are compared by characters and never right",
    },
    citation="Zhang K et al. LMMs-Eval: Reality Check. arXiv:2407.12772 (2024).",
)
