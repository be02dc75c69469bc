"""`medassay split`: questions that ask for reasoning and questions that ask for understanding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medassay.cli.options import AsJson, DataFolder
from medassay.cli.printing import put, say

app = typer.Typer(
    help="Split questions into reasoning and understanding, and scores by that.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("make", epilog="Example: medassay split make vqa-rad --data DIR --training DIR --out tags.csv")
def make(
    benchmark: Annotated[str, typer.Argument(help="Its name.")],
    data: DataFolder = None,
    training: Annotated[
        str | None, typer.Option("--training", help="The folder of MedXpertQA MM, whose labels teach.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to write the tags (CSV).")] = None,
    uncertain: Annotated[
        str | None, typer.Option("--uncertain", help="Probabilities to call neither, such as .3-.7.")
    ] = None,
    embeddings: Annotated[
        str | None,
        typer.Option("--embeddings", help="Of image and text: a gme-Qwen2-VL checkpoint or its folder."),
    ] = None,
    device: Annotated[str, typer.Option("--device", help="Of the embeddings: auto, cpu, cuda.")] = "auto",
    batch: Annotated[int, typer.Option("--batch", min=1, help="Questions embedded at once.")] = 8,
    as_json: AsJson = False,
) -> None:
    """Tag each question, by the authors where they do, else by a classifier of MedXpertQA's labels."""
    from medassay.reporting.split import render_worth
    from medassay.splits.tags import parse_band
    from medassay.workflows.splitting import split as work

    band = parse_band(uncertain) if uncertain is not None else None
    encoder = None
    if embeddings is not None:
        from medassay.models.joint import JointEncoder

        encoder = JointEncoder(embeddings, device=device, batch=batch)
    held = work(benchmark, data=data, training=training, out=out, uncertain=band, encoder=encoder).to_json()
    if as_json:
        say(json.dumps(held, ensure_ascii=False))
        return
    for shown in render_worth(held):
        put(shown)


@app.command("report", epilog="Example: medassay split report runs/first runs/second --tags tags.csv")
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs.")],
    tags: Annotated[list[Path], typer.Option("--tags", help="A file of `split make`; repeatable.")],
    labels: Annotated[
        list[Path] | None, typer.Option("--labels", help="A file of `label read`; repeatable.")
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="The numbers of arXiv 2507.11200 beside.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Accuracy overall, on reasoning and on understanding, and the gap, with intervals.

    With labels the parts are corrected for what the classifier gets wrong.
    """
    from medassay.reporting.parted import render_parts
    from medassay.workflows.run_parts import by_parts

    held = by_parts(runs, tags, labels or (), published=published)
    if as_json:
        say(json.dumps([line.to_json() for line in held], ensure_ascii=False))
        return
    for shown in render_parts(held):
        put(shown)
