"""Write docs/protocols/compared.md: real answers under every protocol, and what explains the spread.

    python scripts/compare_protocols.py WORLDMEDQA_V VQA_RAD_RUN

WORLDMEDQA_V is the folder of the published answers (WorldMedQA/V, MIT): three models, four countries, two
languages. VQA_RAD_RUN is the folder of a run on VQA-RAD. Neither enters the repository.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from medassay.benchmarks.worldmedqa_v import BENCHMARK
from medassay.importers import read
from medassay.reporting.rulings import Ruling, across, markdown_rulings
from medassay.types import Choice, Response, Sample, Target
from medassay.workflows.ruling import Answers, rule, stored, words_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "protocols" / "compared.md"
MODELS = {
    "GPT4o": "GPT-4o",
    "GeminiFlash1-5": "Gemini 1.5 Flash",
    "llava_next_mistral_7b": "LLaVA-NeXT Mistral 7B",
}
_HEAD = """# One set of answers under every protocol

Made by `scripts/compare_protocols.py` from the answers of three models to WorldMedQA-V, published by its
authors (Matos et al., arXiv:2410.12722; MIT), and from a run of the small demo model on VQA-RAD. The answers
are the same in every line: only the ruler changes. `value` is what the protocol makes of them, `unread` the
rows that it finds no answer in, `strict` what our own rules make of the same rows; the last column counts the
rows that only one of the two calls right (of those that only the protocol credits, how many we could not
read). Intervals are ours, over questions (WorldMedQA-V: both languages of a question are one cluster) and
images (VQA-RAD). The demo model knows drawings and no radiology: its answers show the rulers.

What explains the spread, in short:

- A model that answers with a bare letter (LLaVA-NeXT here) gets the same number from every ruler.
- VLMEvalKit's rules want the letter among the last four words, or behind "answer is" on the same line. A
  model that states its letter and then explains (GPT-4o) is left to the harness's judge, and wrong without
  one: see `unread`.
- MedEvalKit and lmms-eval nearly always find something: the most similar option, any capital before a blank.
  They credit answers that state another letter, or none, and miss many that state the right one.
- The later code of MedVLMBench takes the first letter that stands alone. In the right answers that it loses
  here that is mostly the article a (read as option A), else the Spanish y, the s of a possessive, the x of
  x-ray: letters that are no option, and then nothing is read.

"""


def samples(folder: Path, model: str) -> Iterator[tuple[Sample, Response]]:
    """The questions as the published result files hold them, beside the answers."""
    for path in sorted((folder / "outputs_w_images" / model).glob("*_result.xlsx")):
        country, language = path.name.removeprefix(f"{model}_").split("_")[:2]
        met: dict[str, int] = {}
        for answer in read(path).answers:
            met[answer.id] = met.get(answer.id, 0) + 1
            number = answer.id if met[answer.id] == 1 else f"{answer.id}-{met[answer.id]}"
            sample = Sample(
                id=f"worldmedqa-v-{country}-{language}-{number}",
                kind="choice",
                question=answer.question,
                choices=tuple(Choice(label=text) for text in answer.options.values()),
                target=Target(texts=(answer.gold,)),
                cluster=f"{country}-{number}",
                tags={"country": country, "language": "en" if language == "english" else "local"},
            )
            yield sample, answer.response


def rulings(folder: Path, words: list[str]) -> list[Ruling]:
    """The three models under each protocol."""
    found = []
    for model, title in MODELS.items():
        answers = Answers(
            name=title,
            benchmark=BENCHMARK,
            title="WorldMedQA-V (English and local)",
            asked="the authors' words (VLMEvalKit)",
            pairs=partial(samples, folder, model),
        )
        found.append(rule(answers, words))
    return found


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worldmedqa", type=Path)
    parser.add_argument("run", type=Path)
    given = parser.parse_args()
    words = words_of("all")
    world = rulings(given.worldmedqa, words)
    radiology = rule(stored(given.run), words)
    text = _HEAD + markdown_rulings(world).removesuffix(across(world) + "\n").rstrip()
    text += f"\n\n**Model or ruler?** {across(world)}\n\n" + markdown_rulings([radiology]).rstrip() + "\n"
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
