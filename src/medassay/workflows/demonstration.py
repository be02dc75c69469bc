"""The main job on what ships: two small vision-language models and a CLIP-type one on images drawn here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from medassay.engine import Progress
from medassay.workflows.reports import Report, summarise
from medassay.workflows.running import run

# A CLIP-type model ranks labels and cannot answer in words, so it takes the diagnosis part alone. The
# blind run asks without the image: what is left is what the words give away.
STEPS = (
    ("demo-vlm", "phantom", "direct"),
    ("demo-vlm-small", "phantom", "direct"),
    ("demo-vlm", "phantom@vqa", "blind"),
    ("demo-clip", "phantom@diagnosis", "direct"),
    ("demo-clip", "phantom@detection", "direct"),
)


def demo(
    *,
    out: Path = Path("runs/demo"),
    progress: Callable[[Progress], None] | None = None,
    started: Callable[[str], None] | None = None,
) -> Report:
    """Run the shipped models and write one report over them into `out`.

    `started` is told the title of each run as it begins.
    """
    runs = []
    for model, benchmark, solver in STEPS:
        if started is not None:
            started(f"{model} on {benchmark}" + ("" if solver == "direct" else f", {solver}"))
        folder = out / "-".join(part for part in (model, benchmark.partition("@")[2], solver) if part)
        runs.append(
            run(
                model=model,
                benchmark=benchmark,
                solver=solver,
                out=folder,
                store=out / "responses.db",
                progress=progress,
            )
        )
    return summarise(runs, out=out)
