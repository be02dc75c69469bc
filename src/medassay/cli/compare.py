"""`medassay compare`: runs on the same items, judged together."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson
from medassay.cli.printing import INCOMPLETE, put, say
from medassay.errors import UsageError


class PairBy(StrEnum):
    """What brings two rows together."""

    sample = "sample"
    cluster = "cluster"


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, of one benchmark or several.")],
    metric: Annotated[str | None, typer.Option("--metric", help="[default: the headline's].")] = None,
    margin: Annotated[
        float | None, typer.Option("--margin", help="The largest difference that does not matter.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Slices: a tag, or several with commas for their cells.")
    ] = None,
    where: Annotated[list[str] | None, typer.Option("--where", help="Only rows with TAG=VALUE.")] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="TAG", help="Clusters [default: the benchmark's].")
    ] = None,
    pair_by: Annotated[
        PairBy, typer.Option("--pair-by", help="cluster: a question in two languages.")
    ] = PairBy.sample,
    pool: Annotated[
        bool, typer.Option("--pool", help="A model's runs on variants of a benchmark are one side.")
    ] = False,
    against_base: Annotated[
        bool, typer.Option("--against-base", help="Only models with the base that their card names.")
    ] = False,
    bound_failed: Annotated[
        bool, typer.Option("--bound-failed", help="Verdicts that hold whatever failed rows would have been.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Where protocols differ too; every output says so.")
    ] = False,
    paragraph: Annotated[
        bool, typer.Option("--paragraph", help="Print the paragraph one would put into a paper.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder, or a file that ends in .html, .md or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare runs on the same rows: win, loss, equivalent or inconclusive, all judged together."""
    from medassay.reporting.family import markdown_family, page_family, render_family
    from medassay.reporting.paragraph import paragraph as in_words
    from medassay.reporting.tables_page import write_forms
    from medassay.workflows.comparing import Question, compare_runs

    question = Question(
        metric=metric,
        margin=margin,
        where=dict(_equal(one) for one in where or ()),
        by=[[tag.strip() for tag in way.split(",") if tag.strip()] for way in by or ()],
        cluster=cluster,
        pair_by=pair_by.value,
        pool=pool,
        against_base=against_base,
        bound_failed=bound_failed,
        anyway=anyway,
    )
    family = compare_runs(runs, question)
    said = in_words(family.comparisons, family.cautions)
    held = json.dumps({**family.to_json(), "paragraph": said}, ensure_ascii=False)
    if out is not None:
        shown = (family.comparisons, family.cautions, said)
        forms = {
            ".json": lambda: held + "\n",
            ".md": lambda: markdown_family(*shown),
            ".html": lambda: page_family(*shown),
        }
        write_forms(out, "comparison", forms)
    if as_json:
        say(held)
    elif paragraph:
        say(said)
    else:
        for part in render_family(family.comparisons, family.cautions):
            put(part)
    if any(c.result.verdict == "incomplete" for c in family.comparisons):
        raise typer.Exit(INCOMPLETE)


def _equal(word: str) -> tuple[str, str]:
    tag, equals, value = word.partition("=")
    if not equals or not tag:
        raise UsageError(f"--where {word}: give TAG=VALUE, as in --where country=japan")
    return tag, value
