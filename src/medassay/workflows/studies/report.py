"""`study report`: the pages, and a seal over every file of the study."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from medassay import gate
from medassay.reporting.examples import Example, example
from medassay.reporting.files import write_text
from medassay.reporting.sections import markdown_sections
from medassay.reporting.tables_page import Section, TablesPage, html
from medassay.rows import read_rows
from medassay.types import Row
from medassay.workflows.folder import ROWS, read_manifest
from medassay.workflows.resolve import benchmark_of
from medassay.workflows.studies import attest
from medassay.workflows.studies.analysing import Findings, analyse
from medassay.workflows.studies.folder import (
    LOOKS,
    REPORT,
    SEAL,
    SUMS,
    Study,
    files_of,
    load,
    now,
    somebody,
)
from medassay.workflows.studies.items import belongs
from medassay.workflows.studies.telling import sections

EXPLAINED = (
    "95 % intervals treat all rows of one cluster as one draw. Made from the plan, the lock, the ledger and "
    "the stored rows: `medassay study verify` makes it again and compares."
)
_SHOWN = 6  # failures of each kind


def report(
    folder: Path, *, who: str | None = None, key: Path | None = None, permit: Collection[str] = ()
) -> list[Path]:
    """Write `report.html` and `.md`, and seal the study: a statement over the sha256 of each of its files.

    Args:
        folder: of a study whose locked part was looked at.
        who: makes the report.
        key: signs the seal, an Ed25519 private key in PEM.
        permit: "report" shows rows of data that must not leave.

    Raises:
        UsageError: nothing was looked at, or the key cannot be used.
        DataError: a file was changed.
        StoreError: a file cannot be written.
    """
    study = load(folder)
    found = analyse(study)
    told = tell(study, found)
    title = study.plan.title
    page = TablesPage(
        kind="study report",
        title=title,
        sections=[*told[:-1], _gallery(study, found, permit), told[-1]],
        lead=[found.sentence],
        explained=EXPLAINED,
    )
    written = {
        f"{REPORT}.html": html(page),
        f"{REPORT}.md": markdown_sections(title, told),
    }
    files = {name: attest.digest(write_text(folder / name, text)) for name, text in written.items()}
    study.add("reported", who=somebody(who), why=f"report of look {found.look}", files=files)
    seal(folder, found, who=somebody(who), key=key)
    return [folder / name for name in (*written, SEAL)]


def tell(study: Study, found: Findings) -> list[Section]:
    """The sections of the Markdown page: no images, so that they are made again wherever the folder lies."""
    place = study.folder / LOOKS / str(found.look)
    manifests = {role: read_manifest(place / role) for role in study.plan.tests}
    return sections(study, found, of_part=manifests["index"]["n"], manifests=manifests)


def seal(folder: Path, found: Findings, *, who: str, key: Path | None) -> str:
    """Write the statement over all files that now lie in the folder, then the list that `sha256sum -c` reads.

    Returns:
        The sha256 of the statement.
    """
    subjects = {name: digest for name, digest in files_of(folder, folder).items() if name not in {SEAL, SUMS}}
    predicate: dict[str, Any] = {
        "finding": found.finding,
        "sentence": found.sentence,
        "look": found.look,
        "sealed_by": who,
        "sealed_at": now(),
    }
    statement = attest.Statement(kind="study-seal", subjects=subjects, predicate=predicate)
    digest = attest.write(folder / SEAL, statement, key)
    write_text(folder / SUMS, sums({**subjects, SEAL: digest}))
    return digest


def sums(files: Mapping[str, str]) -> str:
    """The sha256 of files as `sha256sum` writes them."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))


def _gallery(study: Study, found: Findings, permit: Collection[str]) -> Section:
    """What the index test got wrong: missed, false alarms, no result."""
    place = study.folder / LOOKS / str(found.look) / "index"
    title = "Failures"
    manifest = read_manifest(place)
    if not gate.open_to(benchmark_of(manifest), "report", permitted={*manifest["permitted"], *permit}):
        return Section(title=title, notes=["The rows of this dataset must not leave: they are not shown."])
    index = found.tests["index"]
    wrong = {
        name: truth
        for name, truth, call in zip(
            index.answers.ids, index.called.truth.tolist(), index.called.call.tolist(), strict=True
        )
        if truth != call
    }
    rows = (row for row in read_rows(place / ROWS) if belongs(row.sample, study.plan.where))
    missed = sum(truth == 1 for truth in wrong.values())
    note = (
        f"{missed} positive and {len(wrong) - missed} negative rows are called wrongly or not at all at the "
        f"threshold; up to {_SHOWN} of each are shown."
    )
    return Section(title=title, gallery=tuple(_examples(rows, wrong)), notes=[note])


def _examples(rows: Iterator[Row], wrong: dict[str, int]) -> Iterator[Example]:
    held = [row for row in rows if row.sample.id in wrong]
    for truth in (1, 0):
        yield from map(example, islice((row for row in held if wrong[row.sample.id] == truth), _SHOWN))
