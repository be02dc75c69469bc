"""Write runs in the forms that other tools take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import get_args

from medassay import codec, protocols
from medassay.errors import UsageError
from medassay.exporters import (
    Exported,
    Form,
    every_eval_ever,
    inspect_log,
    latex,
    lm_eval,
    model_index,
)
from medassay.exporters.exported import well_formed
from medassay.gate import open_to
from medassay.images import read_bytes
from medassay.models.server.payload import data_uri
from medassay.prompts import styled
from medassay.reporting.arrange import headline as headline_of
from medassay.reporting.files import write_text
from medassay.reporting.grid import grid
from medassay.reporting.overview_markdown import leaderboard
from medassay.types import Image, Prompt, Style
from medassay.workflows.comparing import compare, differences
from medassay.workflows.manifest import now
from medassay.workflows.resolve import find_benchmark
from medassay.workflows.results import Run, headline, load_run

FOLDER = Path("exported")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What was made: `text` for forms that are one text and were not written, the files that were.

    `withheld` names the benchmarks whose rows did not leave.
    """

    text: str = ""
    files: tuple[Path, ...] = ()
    withheld: tuple[str, ...] = ()


def export(
    runs: Sequence[Run | str | Path],
    *,
    to: str,
    out: str | Path | None = None,
    with_images: bool = False,
    permit: Collection[str] = (),
) -> Export:
    """Write finished runs for another tool. Numbers are the run's own, to the last bit.

    Forms of one text (`model-index`, `latex`, `markdown`) are written to the file `out`, or returned; those
    of files (`inspect`, `lm-eval`, `every-eval-ever`) go into the folder `out` ("exported").

    Args:
        runs: runs or their folders.
        to: the form.
        out: a file or a folder, by the form.
        with_images: put the images into a log (`inspect` alone).
        permit: "export" lets the rows of data that must not leave into the files; else numbers alone go.

    Raises:
        UsageError: no such form, no run, a run that has not ended, or images for a form that has none.
        DataError: a folder is no run folder, or its rows are damaged.
        MissingExtra: inspect_ai is not installed.
        StoreError: a file cannot be written.
    """
    if to not in get_args(Form):
        raise UsageError(f"no form of export is called {to!r}: there are {', '.join(get_args(Form))}")
    if with_images and to != "inspect":
        raise UsageError(f"{to} holds no images: --with-images is for inspect")
    held = [run if isinstance(run, Run) else load_run(run) for run in runs]
    if not held:
        raise UsageError("no run to export: name one or more run folders")
    for run in held:
        if run.manifest["status"] not in {"complete", "incomplete"}:
            raise UsageError(f"{run.path} is {run.manifest['status']}: give its command again, then export")
    exports = [_exported(run, permit) for run in held]
    if to in {"model-index", "latex", "markdown"}:
        text = _text(to, held, exports)
        files = () if out is None else (write_text(Path(out), text),)
        return Export(text="" if files else text, files=files)
    write = _writer(to, with_images=with_images, moment=now())
    folder = FOLDER if out is None else Path(out)
    written = tuple(path for exported in exports for path in write(exported, folder))
    closed = (
        e.record.benchmark.name for e, run in zip(exports, held, strict=True) if run.path and not e.rows
    )
    return Export(files=written, withheld=tuple(dict.fromkeys(closed)))


def _writer(to: str, *, with_images: bool, moment: datetime) -> Callable[[Exported, Path], list[Path]]:
    if to == "inspect":
        return partial(inspect_log.write, encoded=_data_uri if with_images else None)
    if to == "lm-eval":
        return lm_eval.write
    return partial(every_eval_ever.write, moment=moment)


def _text(to: str, runs: Sequence[Run], exports: Sequence[Exported]) -> str:
    if to == "model-index":
        return model_index.text(exports)
    table = grid([exported.record for exported in exports], best=best_of(runs))
    return latex.text(table) if to == "latex" else leaderboard(table)


def best_of(runs: Sequence[Run]) -> frozenset[str]:
    """The ids of the runs that are the best of their protocol, or not significantly worse than it.

    Only complete runs that compare (`differences`) stand against each other; a protocol with a single run,
    or with one that is incomplete or does not compare, has no best.
    """
    chosen: set[str] = set()
    for _, group in groupby(sorted(runs, key=_protocol), key=_protocol):
        peers = list({run.manifest["id"]: run for run in group}.values())
        if len(peers) > 1 and all(_comparable(peers[0], run) for run in peers):
            chosen |= _best(peers)
    return frozenset(chosen)


def _comparable(one: Run, other: Run) -> bool:
    return other.path is not None and other.complete and not differences(one, other)


def _best(peers: Sequence[Run]) -> set[str]:
    values = {run.manifest["id"]: headline_of(headline(run)) for run in peers}
    if any(value is None or value.slice != "all" for value in values.values()):
        return set()
    exported = Exported(record=headline(peers[0]))
    sign = 1 if exported.metric(peers[0].manifest["primary"]).higher_is_better else -1
    first = max(peers, key=lambda run: sign * values[run.manifest["id"]].value)  # type: ignore[union-attr]
    others = (run for run in peers if run is not first)
    equal = {run.manifest["id"] for run in others if compare(first, run).verdict != "A better"}
    return {first.manifest["id"], *equal}


def _exported(run: Run, permit: Collection[str]) -> Exported:
    permitted = {*run.manifest.get("permitted", ()), *permit}
    may_leave = run.path is not None and open_to(run.benchmark, "export", permitted=permitted)
    if not may_leave:
        return Exported(record=headline(run))
    return Exported(record=headline(run), rows=lambda: map(well_formed, run.rows()), prompt=_prompt(run))


def _prompt(run: Run) -> Prompt | None:
    """The words in which the run was asked, in its model's style; None where the manifest cannot tell."""
    if run.manifest["protocol"]["solver"] != "direct":
        return None
    asked = run.manifest["protocol"].get("asked", protocols.STRICT)
    prompt = protocols.choose(asked).on(find_benchmark(run.manifest["benchmark_word"]), asking=True).prompt
    style = codec.restore(Style, run.manifest["model"].get("style", {}))
    return lambda case: styled(prompt(case), style)


def _protocol(run: Run) -> str:
    return str(run.manifest["protocol"]["id"])


def _data_uri(image: Image) -> str:
    return data_uri(read_bytes(image))
