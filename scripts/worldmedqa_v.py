"""Renew docs/examples/worldmedqa_v*.md from the authors' files: python scripts/worldmedqa_v.py RESULTS.

RESULTS is `visuals/outputs_w_images` of https://github.com/WorldMedQA/V: a folder per model, a spreadsheet
per country and language. Questions and answers are theirs; nothing of them is written into the page.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl

from medassay.reporting import words
from medassay.reporting.fairness import markdown
from medassay.reporting.family import markdown_family
from medassay.reporting.files import write_text
from medassay.reporting.paragraph import paragraph
from medassay.workflows.comparing import Family, Question, compare_runs
from medassay.workflows.fairness import fairness
from medassay.workflows.results import Run
from medassay.workflows.scoring import score

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
INTRODUCTION = """# Three models on WorldMedQA-V

The result files that the authors published (answers of GPT-4o, Gemini 1.5 Flash and LLaVA-NeXT Mistral 7B
with the image, 568 questions of four countries, each in English and in the country's language), scored by
`medassay score --predictions` and compared by `medassay compare`. Written by `scripts/worldmedqa_v.py`; the
data is not in this repository. A question in two languages is one cluster: pooling does not make it two."""
WITHHELD = """## Model against model, both languages together

`medassay compare RUN... --pool --by country --by country,language`. Requests that failed at the provider are
no answers: with them left open, {withheld} of the {family} comparisons have no verdict. With `--bound-failed`
a verdict is what holds whatever the failed requests would have been answered."""
ACROSS = """## A model against itself across languages

`medassay compare ENGLISH LOCAL --pair-by cluster --anyway --by country --bound-failed`: the question in
English meets the same question in the country's language. The protocols differ, as they must, and the output
says so."""
GROUPS = """# Three models on WorldMedQA-V by language and country

`medassay fairness RUN... --pool --by language --by country --by language,country` on the runs of
[the comparison](worldmedqa_v.md): each model's answers in English and in the countries' languages are one
run, and a question in two languages is one cluster, whose languages are exchanged within it. A country is no
group of people and its questions are other questions: a difference between countries, or between the
languages of two countries, says how hard these are as well. Only English and the language of one country
meet on the same questions. Gemini's failed requests leave it without a verdict. Written by
`scripts/worldmedqa_v.py`."""
MODELS = ("GPT4o", "GeminiFlash1-5", "llava_next_mistral_7b")
COUNTRIES = ("brazil", "israel", "japan", "spain")
COLUMNS = ("index", "image", "question", "A", "B", "C", "D", "answer", "correct_option", "split")
VARIANTS = ("english", "local")
# A picture of one pixel: judging stored answers looks at no image, and these files hold none.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def main(results: Path) -> None:
    """Score, compare and write the page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = [run for model in MODELS for run in runs_of(results, model, folder)]
        write_text(EXAMPLES / "worldmedqa_v.md", "\n\n".join(page(runs)) + "\n")
        write_text(EXAMPLES / "worldmedqa_v_fairness.md", groups(runs))


def page(runs: list[Run]) -> Iterator[str]:
    """The page, part by part."""
    yield INTRODUCTION
    yield table_of_runs(runs)
    cells = [["country"], ["country", "language"]]
    strict = compare_runs(runs, Question(pool=True, by=cells))
    withheld = sum(c.result.verdict == "incomplete" for c in strict.comparisons)
    yield WITHHELD.format(withheld=withheld, family=len(strict.comparisons))
    held = compare_runs(runs, Question(pool=True, by=cells, bound_failed=True))
    yield told(held)
    yield ACROSS
    for model in MODELS:
        own = [run for run in runs if run.manifest["model"]["name"] == model]
        question = Question(pair_by="cluster", anyway=True, by=[["country"]], bound_failed=True)
        yield told(compare_runs(own, question))


def groups(runs: list[Run]) -> str:
    """The page of languages and countries as groups."""
    held = fairness(runs, by=["language", "country", "language,country"], pool=True)
    return f"{GROUPS}\n\n{markdown(held.records).replace('# ', '## ')}"


def table_of_runs(runs: list[Run]) -> str:
    """What each run comes to by itself."""
    lines = ["| model | language | accuracy | 95 % interval | rows | failed |", "|---|---|--:|--:|--:|--:|"]
    for run in runs:
        first = run.estimates[0]
        cells = (
            run.manifest["model"]["name"],
            run.manifest["protocol"]["benchmark"]["variant"],
            words.number(first.value),
            words.interval(first.low, first.high),
            words.count(first.n),
            words.count(first.counts.get("failed", 0)),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def told(family: Family) -> str:
    """The tables and the paragraph of a family."""
    said = paragraph(family.comparisons, family.cautions)
    text = markdown_family(family.comparisons, family.cautions, said)
    return text.removeprefix("# Compared on the same rows\n\n").replace("## ", "### ").strip()


def runs_of(results: Path, model: str, folder: Path) -> Iterator[Run]:
    """The runs of a model, one per language of the questions."""
    for variant in VARIANTS:
        answers, data = folder / model / variant, folder / "data"
        answers.mkdir(parents=True)
        data.mkdir(exist_ok=True)
        for country in COUNTRIES:
            (path,) = (results / model).glob(f"*_{country}_{variant}_*_result.xlsx")
            (answers / path.name).symlink_to(path.resolve())
            table(path, data / f"{country}_{variant}_processed.tsv")
        yield score(
            benchmark=f"worldmedqa-v@{variant}",
            predictions=answers,
            data=data,
            out=folder / "runs" / model / variant,
            name=model,
        )


def table(spreadsheet: Path, path: Path) -> None:
    """The dataset's own table, as far as a result file holds it."""
    with closing(openpyxl.load_workbook(spreadsheet, read_only=True)) as book:
        header, *rows = book.active.iter_rows(values_only=True)
    held = ({"image": PIXEL, **dict(zip(header, row, strict=True))} for row in rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(held)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
