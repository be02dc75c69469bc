"""A text on its way to being read: parts fall away, places in the original stay known.

Folding, dropping a thinking block and taking the inside of a box each give a new `Passage`; every one of
them maps its characters back to the text as the model wrote it, so that a score can show what was read.
All steps take time linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text made of pieces of another: piece k begins at `starts[k]` here and at `origins[k]` there."""

    text: str
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def origin(self, place: int) -> int:
        """Where the character at `place` stands in the original."""
        k = bisect_right(self.starts, place) - 1
        return self.origins[k] + place - self.starts[k]

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original that `text[start:end]` came from."""
        return (self.origin(start), self.origin(end - 1) + 1) if end > start else (self.origin(start),) * 2

    def part(self, start: int, end: int) -> Passage:
        """The passage `text[start:end]`."""
        first = bisect_right(self.starts, start) - 1
        last = max(bisect_right(self.starts, max(end - 1, start)), first + 1)
        starts = tuple(max(s - start, 0) for s in self.starts[first:last])
        return Passage(self.text[start:end], starts, (self.origin(start), *self.origins[first + 1 : last]))

    def keep(self, spans: Iterable[Span], joint: str = "") -> Passage:
        """The stretches in `spans` one after another, with `joint` between them."""
        texts: list[str] = []
        starts: list[int] = []
        origins: list[int] = []
        length = 0
        for a, b in spans:
            if b <= a:
                continue
            if texts and joint:
                starts.append(length)
                origins.append(origins[-1])
                texts.append(joint)
                length += len(joint)
            piece = self.part(a, b)
            starts.extend(s + length for s in piece.starts)
            origins.extend(piece.origins)
            texts.append(piece.text)
            length += b - a
        return Passage("".join(texts), tuple(starts) or (0,), tuple(origins) or (0,))

    def without(self, pattern: re.Pattern[str]) -> Passage:
        """The passage with every match of `pattern` taken out."""
        cuts = [m.span() for m in pattern.finditer(self.text)]
        if not cuts:
            return self
        edges = [0, *(place for cut in cuts for place in cut), len(self.text)]
        return self.keep(zip(edges[::2], edges[1::2], strict=True))

    def strip(self) -> Passage:
        """The passage without white space at its ends."""
        start = len(self.text) - len(self.text.lstrip())
        if not start and len(self.text.rstrip()) == len(self.text):
            return self
        return self.part(start, max(start, len(self.text.rstrip())))


_FOREIGN = re.compile(r"[^\x00-\x7f]")


def fold(text: str) -> Passage:
    """The text in Unicode NFKC, character by character: full-width letters and digits become ASCII."""
    if unicodedata.is_normalized("NFKC", text):
        return Passage(text)
    texts: list[str] = []
    starts, origins = [0], [0]
    done = length = 0
    for match in _FOREIGN.finditer(text):
        place = match.start()
        folded = unicodedata.normalize("NFKC", match[0])
        texts += [text[done:place], folded]
        length += place - done
        done = place + 1
        if len(folded) != 1:
            starts += range(length, length + len(folded) + 1)
            origins += [place] * len(folded) + [done]
        length += len(folded)
    return Passage("".join([*texts, text[done:]]), tuple(starts), tuple(origins))


_THINKING = re.compile(
    r"<(?:think|thinking|thought|reasoning)>|<unused94>|◁think▷"
    r"|(?P<close></(?:think|thinking|thought|reasoning)>|<unused95>|◁/think▷)",
    re.IGNORECASE,
)
_FINAL_MARK = re.compile(r"\\f?boxed\s*\{|<answer>|final\s+answer\s*(?:is|:)", re.IGNORECASE)
_NEXT_TURN = re.compile(
    r"\n[#* \t]*(?:Question|User|Human|USER)[*\s]*:|<\|im_start\|>|<start_of_turn>|\n### ?Human"
)


def without_thinking(passage: Passage) -> Passage:
    """The answer without its thinking blocks.

    A closing mark without an opening one ends a block that the prompt opened. Of a block that never
    closes only the line that holds its last final mark (a box, an answer tag, "final answer is") is left.
    """
    text = passage.text
    if "<" not in text and "◁" not in text:
        return passage
    kept: list[Span] = []
    last, inside = 0, False
    for mark in _THINKING.finditer(text):
        if mark["close"]:
            if not inside:
                kept.clear()
            last, inside = mark.end(), False
        elif not inside:
            kept.append((last, mark.start()))
            last, inside = mark.end(), True
    if not inside:
        return passage if last == 0 else passage.keep([*kept, (last, len(text))], joint="\n")
    for mark in [*_FINAL_MARK.finditer(text, last)][-1:]:
        stop = text.find("\n", mark.start())
        kept.append((mark.start(), len(text) if stop < 0 else stop))
    return passage.keep(kept, joint="\n")


def prepare(text: str) -> Passage:
    """The text folded, without thinking, cut where the model goes on with a turn that is not its own."""
    passage = without_thinking(fold(text)).strip()
    turn = _NEXT_TURN.search(passage.text, 1)
    return passage.part(0, turn.start()).strip() if turn else passage


_MARKUP = re.compile(
    r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mathsf|boxed|fbox|rm|bf)\s*\{|\\[()\[\]]"
    r"|\*\*|[`${}#]|__|^(?:>|[^\S\n]{0,9}\*)\s",
    re.MULTILINE,
)


# one asterisk is a mark only as one of a pair around words: those of "T2*" and "HLA-B*27" are names
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])[^*\n]{1,300}(?<=\S)\*(?![\w*])")
_BLANKS = re.compile(r"[^\S\n]+(?=\s)")
_TWO_BLANKS = re.compile(r"\s\s")
_EMPTY_LINES = re.compile(r"(?<=\n\n)\n+")


def clean(passage: Passage) -> Passage:
    """The passage without the marks of Markdown and LaTeX, and with white space of three characters at most.

    The rules may then pass over white space as they like: their time stays linear.
    """
    plain = passage.without(_MARKUP)
    stars = [place for pair in _EMPHASIS.finditer(plain.text) for place in (pair.start(), pair.end() - 1)]
    if stars:
        plain = plain.keep(zip([0, *(s + 1 for s in stars)], [*stars, len(plain.text)], strict=True))
    return compact(plain)


def compact(passage: Passage) -> Passage:
    """The passage with all its marks and with white space of three characters at most."""
    if _TWO_BLANKS.search(passage.text):
        passage = passage.without(_BLANKS).without(_EMPTY_LINES)
    return passage.strip()


_TAGS = (("<answer>", "</answer>"), ("<|begin_of_box|>", "<|end_of_box|>"))  # the second is GLM's
Mark = Callable[[Passage], Passage | None]
Marks = tuple[tuple[str, Mark], ...]

_BRACE = re.compile(r"\\[{}]|(?P<box>\\f?boxed\s*\{)|(?P<open>\{)|(?P<close>\})")
_FIELD = re.compile(
    r'"(?P<key>[a-zA-Z_ ]{1,20})"\s*:\s*'
    r'(?:"(?P<text>(?:[^"\\]|\\.)*)"|(?P<list>\[[^\[\]]*\])|(?P<bare>[^\s,}\]"\[{]+))',
    re.IGNORECASE,
)
_ANSWER_KEYS = frozenset({"answer", "final_answer"})
_CHOICE_KEYS = _ANSWER_KEYS | {"choice", "letter", "option", "label"}


def boxed(passage: Passage) -> Passage | None:
    r"""The inside of the last `\boxed{...}` whose braces balance."""
    if "boxed" not in passage.text:
        return None
    found: Span | None = None
    held: list[int | None] = []
    for brace in _BRACE.finditer(passage.text):
        if brace["box"]:
            held.append(brace.end())
        elif brace["open"]:
            held.append(None)
        elif brace["close"] and held and (start := held.pop()) is not None:
            found = (start, brace.start())
    return passage.part(*found) if found else None


def tagged(passage: Passage) -> Passage | None:
    """The inside of the last closed answer tag; of an open one (cut by a stop string) if none closes."""
    if "<" not in passage.text:
        return None
    lower = passage.text.lower()
    for opening, closing in _TAGS:
        stop = lower.rfind(closing)
        start = lower.rfind(opening, 0, stop) if stop >= 0 else lower.rfind(opening)
        if start >= 0 and len(lower) == len(passage.text):
            return passage.part(start + len(opening), stop if stop >= 0 else len(lower))
    return None


def _json_field(keys: frozenset[str]) -> Mark:
    def find(passage: Passage) -> Passage | None:
        """The value of the last JSON field with one of the keys."""
        if '"' not in passage.text:
            return None
        fields = [
            field.span(next(name for name in ("text", "list", "bare") if field[name] is not None))
            for field in _FIELD.finditer(passage.text)
            if field["key"].lower().replace(" ", "_").replace("finalanswer", "final_answer") in keys
        ]
        return passage.part(*fields[-1]) if fields else None

    return find


MARKS: Marks = (("boxed", boxed), ("tag", tagged), ("json", _json_field(_CHOICE_KEYS)))
"""Ways in which a text sets its answer apart, the strongest first."""

ANSWER_MARKS: Marks = (("boxed", boxed), ("tag", tagged), ("json", _json_field(_ANSWER_KEYS)))
"""The same where a label is something else than the answer: the name of a box."""


def marked(
    passage: Passage, marks: Marks = MARKS, tidy: Callable[[Passage], Passage] = clean
) -> tuple[str, Passage] | None:
    """The part that the text itself marks as its answer, tidied, with the name of the mark; else None."""
    for name, find in marks:
        part = find(passage)
        if part is not None and (part := tidy(part)).text:
            return name, part
    return None
