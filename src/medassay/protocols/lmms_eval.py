"""lmms-eval: SLAKE by equality in a normal form of its own, MMMU by its copy of the parser."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import lru_cache

from medassay.protocols.mmmu import drawn, open_right
from medassay.protocols.mmmu import letter as mmmu_letter
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import ask, gold, labels, letters
from medassay.types import Benchmark, Case, Decoding, Measure, Request, Response, Sample, Score

_ASIDES = (re.compile(r"\([^)]*\)"), re.compile(r"（[^）]*）"))
_FULL_WIDTH = "＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～！？"
_MARKS = str.maketrans(dict.fromkeys(string.punctuation + _FULL_WIDTH + "｡、。《》【】", " "))
_YES = frozenset(["yes", "yeah", "yep", "true", "是", "是的", "有", "包含", "可以", "能", "会"])
_NO = frozenset(["no", "nope", "false", "否", "不是", "没有", "无", "不包含", "不能", "不会", "不可以"])
_NORMAL, _ABNORMAL = "正常", frozenset({"不正常", "异常"})
_ITS_OWN = frozenset({"slake", "mmmu"})
_SHORT = {"zh": "\n请用一个词或短语回答问题。", "en": "\nAnswer the question using a single word or phrase."}
_LETTER = "\n\nAnswer with the option's letter from the given choices directly."


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


def prompt(case: Case) -> Request:
    """A choice with its options and the wish for a letter; else the wish for a word or phrase."""
    if case.kind == "choice":
        options = "\n".join(f"{name}. {text}" for name, text in zip(letters(case), labels(case), strict=True))
        text = f"{case.question}\n{options}{_LETTER}"
        return ask(case, (*case.images, text), decoding=Decoding(max_tokens=128))
    language = "zh" if case.tags.get("language") == "zh" else "en"
    return ask(case, (*case.images, case.question + _SHORT[language]), decoding=Decoding(max_tokens=32))


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    kinds = frozenset(benchmark.kinds)
    if not kinds & {"choice", "yes/no", "closed", "open"}:
        raise not_covered("lmms-eval", benchmark, f"it has no rule for {', '.join(sorted(kinds))} rows")

    def scorer(sample: Sample, response: Response) -> Score:
        return judged(response, lambda text: _read(sample, text, benchmark, bugs), rule="lmms-eval")

    return Rules(
        scorer=scorer,
        measures=(Measure(metric="accuracy"),),
        prompt=prompt,
        note=""
        if benchmark.name in {"slake", "mmmu"}
        else "its rules of SLAKE and MMMU; it never had this set",
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
        hit = "open_zero" not in bugs and open_right(text, sample.target.texts)
        return text, {"accuracy": float(hit)}
    swapped = "zh_normal_is_yes" in bugs
    said, wanted = (normal(answer, normal_is_yes=swapped) for answer in (text, gold(sample)))
    return said, {"accuracy": float(said == wanted)}


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
