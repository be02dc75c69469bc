"""How often our reading of real answers is wrong: against labels made by reading, blind.

    python scripts/extraction_study.py draw DATA OUT.jsonl     # 300 answers, stratified, without any letter
    python scripts/extraction_study.py report DATA             # writes docs/extraction.md

DATA is the folder worldmedqa_v of real answers (three models, eight sets each; WorldMedQA/V, MIT). The labels
lie in docs/extraction/labels.csv: two readers read each answer alone and wrote down the letter that it
states, `none` or `refusal`; where they differed a third reading decided. What every row's judge letter was,
and who was right where it differs from ours, is in docs/extraction/disagreements.csv. The answers themselves
stay where they are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STRATA_SIZE = 300
SEED = "worldmedqa-v extraction 1"
MODELS = ("GPT4o", "GeminiFlash1-5", "llava_next_mistral_7b")


@dataclass(frozen=True, slots=True)
class Answer:
    """A real answer with its options, and what the authors' judge made of it."""

    key: str  # model/country/language/index
    stratum: str  # model/country/language
    question: str
    options: tuple[str, str, str, str]
    text: str
    judge: str


def answers(data: Path) -> Iterator[Answer]:
    """All answers, in the order of the files."""
    from openpyxl import load_workbook

    for path in sorted(data.glob("outputs_w_images/*/*_result.xlsx")):
        model = path.parent.name
        country, language = path.name.removeprefix(f"{model}_").split("_")[:2]
        met = Counter[str]()
        rows = load_workbook(path, read_only=True).active.iter_rows(values_only=True)
        place = {name: i for i, name in enumerate(next(rows))}
        for row in rows:
            index = str(row[place["index"]])
            met[index] += 1
            number = f"{index}-{met[index]}" if met[index] > 1 else index
            text = row[place["prediction"]]
            yield Answer(
                key=f"{model}/{country}/{language}/{number}",
                stratum=f"{model}/{country}/{language}",
                question=str(row[place["question"]]),
                options=tuple(str(row[place[letter]]) for letter in "ABCD"),
                text="" if text is None else str(text),
                judge=str(row[place["extracted"]] or ""),
            )


def draw(held: list[Answer]) -> list[Answer]:
    """Equally many of each of the 24 strata (the first ones one more), by hash: no one's choice."""
    strata: dict[str, list[Answer]] = {}
    for answer in held:
        strata.setdefault(answer.stratum, []).append(answer)
    share, more = divmod(STRATA_SIZE, len(strata))
    drawn = [
        answer
        for place, name in enumerate(sorted(strata))
        for answer in sorted(strata[name], key=_rank)[: share + (place < more)]
    ]
    return sorted(drawn, key=_rank)


def _rank(answer: Answer) -> str:
    return hashlib.sha256(f"{SEED} {answer.key}".encode()).hexdigest()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["draw", "report"])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    given = parser.parse_args()
    held = list(answers(given.data))
    if given.what == "draw":
        with given.out.open("w", encoding="utf-8") as file:
            for number, answer in enumerate(draw(held), 1):
                options = dict(zip("ABCD", answer.options, strict=True))
                line = {"number": number, "options": options, "response": answer.text}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
