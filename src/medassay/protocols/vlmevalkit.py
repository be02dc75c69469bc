"""VLMEvalKit: a letter among the last words, or the text of one option; else its judge is asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from medassay.protocols.medvlmbench.words import unmarked
from medassay.protocols.protocol import Bugs, Protocol, Rules, judged, not_covered
from medassay.protocols.shared import ask, gold, labels, letters, placed, slices
from medassay.types import Benchmark, Case, Kind, Measure, Prompt, Request, Response, Sample, Score

FAILURE = "Failed to obtain answer via API"
REFUSALS = (
    "Sorry, I can't help with images of people yet.",
    "I can't process this file.",
    "I'm sorry, but without the image provided",
    "Cannot determine the answer",
)
REFUSED = "Z"
_LETTERED = frozenset[Kind]({"choice", "multi-choice"})
_SHORT_SETS = frozenset({"pathvqa"})
_SHORT = "\nPlease directly provide a short answer to the question. "
_OTHER = "Other Answers"
_SELECT = "Please select the correct answer from the options above. \n"
_MARKS = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_LAST = 4  # the letter must be among so many last words
_POINT = re.compile(r"(?<!\d)\.(?!\d)")
_MOST_POINTS = 32  # the flag re.UNICODE stands where the count should
_VERBOSE = re.compile(r"(?:correct\s+)?answer\s+is\s+\**([ABCD])\**", re.IGNORECASE)

_EXACT = "its rules alone (exact matching): what they leave open its default judge would decide"
_NEVER = f"it never had this set; {_EXACT}"
_NOTES: Mapping[str, str] = {
    **dict.fromkeys(("medxpertqa-mm", "gmai-mmbench", "mmmu-pro"), _EXACT),
    "mmmu": f"{_EXACT}; questions without options are left out, see its bugs",
    "omnimedvqa": f"{_EXACT}; it loads 14 of the 30 parts of a file of its own, all questions count here",
    "pathvqa": "a judge decides all of this set there; without one the rest of its questions is left out",
}
_POLAR = "yes and no by its rule for such sets (POPE, MME)"


def letter(text: str, options: Sequence[str]) -> str | None:
    """The letter that its rules infer, "Z" for a refusal, None where a judge is asked.

    A fifth option is never recognised behind "the answer is"; an option's text counts as a substring, in
    answers that are not twice as long as all options together. The text that stands for a failed request
    is searched for options too.
    """
    if FAILURE in text:
        return _named(text, options)
    if any(phrase in text for phrase in REFUSALS):
        return REFUSED
    return _alone(text, options) or _verbose(text, options) or _named(text, options)


def drawn(identity: str, options: int) -> str:
    """A letter or Z, drawn by the sample's id. The harness draws without a seed."""
    digest = hashlib.sha256(f"vlmevalkit {identity}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % (options + 1)
    return REFUSED if place == options else chr(ord("A") + place)


def polarity(text: str) -> str:
    """Whichever of the words "yes" and "no" occurs without the other, else "unknown".

    Words are what is left between blanks after the marks of the VQA challenge; a full stop beside a digit
    stays.
    """
    words = set(_POINT.sub("", unmarked(text.lower()), count=_MOST_POINTS).split()) & {"yes", "no"}
    return words.pop() if len(words) == 1 else "unknown"


def _worded(benchmark: str) -> Prompt:
    """Images first (MMMU: where the text names them); its options under Question, or a short question."""

    def prompt(case: Case) -> Request:
        if benchmark in _SHORT_SETS or (case.kind not in _LETTERED and benchmark != "mmmu"):
            wish = _SHORT if benchmark in _SHORT_SETS else ""
            return ask(case, (*case.images, f"{case.question}{wish}"))
        named = zip(letters(case), labels(case), strict=True)
        options = "".join(f"{name}. {text}\n" for name, text in named)
        text = f"Question: {case.question}\n" + (f"Options:\n{options}{_SELECT}" if options else "")
        return ask(case, placed(text, case.images) if benchmark == "mmmu" else (*case.images, text))

    return prompt


def _alone(text: str, options: Sequence[str]) -> str | None:
    words = text.translate(_MARKS).split()
    names = [chr(ord("A") + i) for i in range(len(options))]
    found = [name for name in names if name in words]
    if len(found) == 1 and words.index(found[0]) > len(words) - _LAST - 1:
        return found[0]
    return REFUSED if not found and REFUSED in words else None


def _verbose(text: str, options: Sequence[str]) -> str | None:
    found = _VERBOSE.search(text)
    name = found[1].upper() if found else ""
    return name if name and ord(name) - ord("A") < len(options) else None


def _named(text: str, options: Sequence[str]) -> str | None:
    if len(text.lower()) > 2 * sum(map(len, options)):
        return None
    found = [chr(ord("A") + i) for i, option in enumerate(options) if option.lower() in text.lower()]
    return found[0] if len(found) == 1 else None


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    two = benchmark.name == "mmmu" and "open_as_two_options" in bugs
    ruled = frozenset[Kind]({"choice", "yes/no", "open"} if two else {"choice", "yes/no"})
    kinds = ruled & frozenset(benchmark.kinds)
    if not kinds:
        raise not_covered("vlmevalkit", benchmark, "it scores open questions by a judge: medassay judge")
    every = kinds == frozenset(benchmark.kinds)

    def scorer(sample: Sample, response: Response) -> Score:
        if sample.kind == "yes/no":
            return judged(response, lambda text: _polar(sample, text), rule="yes or no")
        return judged(response, lambda text: _lettered(sample, text, bugs), rule="can_infer")

    return Rules(
        scorer=scorer,
        measures=(Measure(metric="accuracy", by=slices(benchmark)),),
        prompt=None if benchmark.name == "mmmu-pro" else _worded(benchmark.name),
        takes=None if every else lambda sample: sample.kind in kinds,
        subset="" if every else f"questions of kind {', '.join(sorted(kinds))}",
        note="; ".join(
            filter(None, (_NOTES.get(benchmark.name, _NEVER), _POLAR if "yes/no" in kinds else ""))
        ),
    )


def _polar(sample: Sample, text: str) -> tuple[str | None, Mapping[str, float]]:
    found = polarity(text)
    return found, {"accuracy": float(found == gold(sample).lower())}


def _lettered(sample: Sample, text: str, bugs: Bugs) -> tuple[str | None, Mapping[str, float]]:
    opened = sample.kind == "open"
    options, right = ([gold(sample), _OTHER], "A") if opened else (labels(sample), gold(sample))
    found = letter(text, options)
    if found is None and "random_letter" in bugs:
        found = drawn(sample.id, len(options))
    return found, {"accuracy": float(found == right)}


PROTOCOL = Protocol(
    name="vlmevalkit",
    title="VLMEvalKit",
    source="open-compass/VLMEvalKit@e8e78f0",
    definition=(
        'Exact matching: one option letter among the last four words, "answer is X" for A to D, or one '
        "option's text as a substring; four fixed refusals; the rest is wrong. Where it asks each question "
        "once for every rotation of its options, a question is right if all are: `set_accuracy`."
    ),
    rules=_rules,
    bugs={
        "random_letter": "what no rule infers becomes a random letter or Z, as after three failures of its "
        "judge (drawn by the sample's id here; unseeded there)",
        "open_as_two_options": 'MMMU\'s questions without options get two, the key and "Other Answers"; they '
        "are asked without them",
    },
    citation="Duan H et al. VLMEvalKit. arXiv:2407.11691 (2024).",
)
