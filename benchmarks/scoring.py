"""What judging costs: 100,000 stored answers, and how the time of one answer grows with its length.

    python benchmarks/scoring.py [--answers 100000] [--characters 500]

Targets under `strict`, on one core: the answers judged, with all their intervals, in under 20 s and 300 MB,
without loading torch or any model library; and an answer of 30,000 characters takes at most twice the time
per character of one of 3,000 (the noise of a shared machine), for texts made to be slow as well.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

KINDS = ("choice", "yes/no", "closed", "open", "multi-choice", "number", "box", "label")
WORDS = [
    "the",
    "scan",
    "shows",
    "a",
    "small",
    "lesion",
    "in",
    "the",
    "left",
    "upper",
    "lobe",
    "without",
    "any",
    "sign",
    "of",
    "an",
    "effusion",
    "or",
    "fracture",
]
HEAVY = ("torch", "transformers", "pandas", "sklearn", "matplotlib", "openai")


def samples(n: int) -> Iterator[object]:
    """Questions of every kind that has an answer of its own, three to a patient."""
    from medassay.types import Box, Choice, Sample, Target

    options = tuple(Choice(label=name) for name in ("pneumonia", "effusion", "fracture", "no finding"))
    targets = {
        "choice": Target(texts=("B",)),
        "multi-choice": Target(texts=("A", "C")),
        "yes/no": Target(texts=("no",)),
        "label": Target(texts=("effusion",)),
        "number": Target(number=12.0, unit="mm"),
        "box": Target(boxes=(Box(x0=10, y0=10, x1=40, y1=40),)),
    }
    for i in range(n):
        kind = KINDS[i % len(KINDS)]
        yield Sample(
            id=str(i),
            kind=kind,
            question="Is there an effusion?",
            choices=options if kind in {"choice", "multi-choice", "label"} else (),
            target=targets.get(kind, Target(texts=("left upper lobe",))),
            cluster=str(i // 3),
            tags={"part": str(i % 5)},
        )


ENDINGS = {
    "choice": "The answer is (B).",
    "multi-choice": "Answer: A, C",
    "yes/no": "So there is no effusion. Answer: no",
    "label": "This is an effusion.",
    "number": "Final answer: 12 mm",
    "box": "[10, 10, 40, 42]",
    "closed": "Answer: left upper lobe",
    "open": "Answer: left upper lobe",
}


def answer(kind: str, characters: int, seed: int) -> str:
    """Prose of a length, with the answer at its end."""
    ending = ENDINGS[kind]
    length = characters - len(ending) - 2
    return f"{prose(seed * 31 % len(WORDS), length)}. {ending}"


@cache  # what is made for the benchmark is no part of what it measures
def prose(start: int, length: int) -> str:
    """So many characters of words."""
    return " ".join(WORDS[(start + 7 * n) % len(WORDS)] for n in range(length))[:length]


def work(answers: int, characters: int) -> None:
    """Judge a file of answers as `medassay score` does, and print what it took. Has a process of its own."""
    from medassay.metrics import score
    from medassay.prompts import plain
    from medassay.types import Benchmark, Measure
    from medassay.workflows.scoring import score as judge

    card = Benchmark(
        name="made",
        version=1,
        title="Made answers",
        task="all",
        modality="none",
        source="generated",
        revision=None,
        licence="CC0-1.0",
        access="open",
        citation="-",
        primary="accuracy",
        scorer=score,
        prompt=plain,
        measures=(
            Measure(metric="accuracy", by=("kind", "part")),
            Measure(metric="token_f1", where={"kind": "open"}),
            Measure(metric="rouge_l", where={"kind": "open"}),
            Measure(metric="box_iou"),
            Measure(metric="mean_absolute_error"),
        ),
        load=lambda _where: samples(answers),
        cluster="patient",
        verified="reference only",
        counts={"test": answers},
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        with path.open("w") as file:
            for i in range(answers):
                text = answer(KINDS[i % len(KINDS)], characters, i)
                file.write(json.dumps({"id": str(i), "response": text}) + "\n")
        started = time.process_time()  # of one core, whatever else the machine does
        result = judge(benchmark=card, predictions=path)
        seconds = time.process_time() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    loaded = [name for name in HEAVY if name in sys.modules]
    print(json.dumps({
        "seconds": seconds, "megabytes": used.ru_maxrss / 1024, "loaded": loaded,
        "scored": result.manifest["counts"]["scored"], "value": result.estimates[0].value,
    }))  # fmt: skip


def growth(kind: str, make: Callable[[int], str]) -> tuple[float, float]:
    """Microseconds per 1,000 characters at 3,000 and at 30,000 characters: the best of five."""
    from medassay.metrics import score
    from medassay.types import Response

    sample = next(s for s in samples(len(KINDS)) if getattr(s, "kind", "") == kind)
    found = []
    for length in (3_000, 30_000):
        response = Response(text=make(length))
        best = float("inf")
        for _ in range(5):
            started = time.process_time()
            score(sample, response)  # type: ignore[arg-type]
            best = min(best, time.process_time() - started)
        found.append(1e9 * best / length)
    return found[0], found[1]


def slow_texts() -> dict[str, Callable[[int], str]]:
    """Texts made to be slow: what a rule could walk over again and again."""
    pieces = {
        "prose": "the left lung is clear and the heart is not enlarged; ",
        "brackets": "([({",
        "letters": "A B C (D) ",
        "cues": "the answer is ",
        "boxes": "\\boxed{",
        "tags": "<answer>",
        "thinking": "<think>",
        "digits": "1234567890 ",
        "commas": "1, 2, 3, 4, ",
        "refusals": "I cannot determine ",
        "stars": "**",
        "blanks": " \n\t",
        "quotes": '"answer": "',
        "negations": "no not without ",
        "chinese": "答案是",
        "full width": "Ａ",
    }
    return {name: partial(_repeated, piece) for name, piece in pieces.items()}


def _repeated(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def main() -> int:
    """Print the figures; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--characters", type=int, default=500)
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inner:
        work(given.answers, given.characters)
        return 0
    sizes = ["--answers", str(given.answers), "--characters", str(given.characters)]
    inner = [sys.executable, __file__, "--inner", *sizes]
    held = json.loads(subprocess.run(inner, check=True, capture_output=True, text=True).stdout)
    fine = held["seconds"] < 20 and held["megabytes"] < 300 and not held["loaded"]
    print(
        f"{given.answers:,} answers of {given.characters} characters: {held['seconds']:.1f} s of one core, "
        f"{held['megabytes']:.0f} MB, {held['scored']:,} read, accuracy {held['value']:.3f}, loaded "
        f"{', '.join(held['loaded']) or 'none of ' + ', '.join(HEAVY)}: {'ok' if fine else 'MISSED'}"
    )
    worst = (0.0, "", "")
    for name, make in slow_texts().items():
        for kind in KINDS:
            short, long = growth(kind, make)
            worst = max(worst, (long / short, name, kind))
            if long > 2 * short:
                print(f"  {kind} over {name}: {short:.0f} then {long:.0f} us per 1,000 characters")
    print(
        f"ten times the length, {len(KINDS)} kinds, {len(slow_texts())} texts: at most {worst[0]:.2f} times "
        f"the time per character ({worst[2]} over {worst[1]}): {'ok' if worst[0] <= 2 else 'MISSED'}"
    )
    return 0 if fine and worst[0] <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
