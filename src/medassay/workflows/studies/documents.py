"""The documents of a study's report: the model card, and the checklists with what the manifest knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medassay.reporting import checklists
from medassay.reporting.tables_page import Grid, Section
from medassay.workflows.studies.analysing import Findings
from medassay.workflows.studies.folder import Study


def documents(study: Study, found: Findings, manifests: Mapping[str, Mapping[str, Any]]) -> Iterator[Section]:
    """The model card, and the checklists with what the report knows."""
    plan, manifest = study.plan, manifests["index"]
    environment, card = manifest["environment"], manifest["model"].get("card") or {}
    yield Section(
        title="Model card",
        tables=[
            Grid(
                words=True,
                head=("", "value"),
                lines=[
                    ("model", str(manifest["model"]["name"])),
                    ("fingerprint", str(manifest["model"]["fingerprint"])),
                    ("licence", str(card.get("licence", "not stated"))),
                    ("parameters", str(card.get("parameters", "not stated"))),
                    ("asked by", plan.index_test.solver),
                    ("intended use", plan.intended_use),
                    ("exposure to this benchmark", str(manifest["exposure"]["text"])),
                    ("device", str(environment["device"])),
                    ("medassay", f"{environment['medassay']}, code {str(environment['code'])[:16]}"),
                ],
            )
        ],
    )
    answers = {
        "title": "the title",
        "intended use": "2. Intended use",
        "primary": "3. What was planned",
        "lock": f"locked {study.stated['locked_at']}, lock.json {study.lock.sha256[:16]}",
        "population": "2. Intended use",
        "index test": "Model card; manifest.json of the run",
        "reference standard": "2. Intended use",
        "operating point": "3. What was planned; operating.json",
        "methods": "docs/study.md; the notes below each table",
        "indeterminate": "3. What was planned; the column of the table",
        "missing": "5. Looks: a look ends when no row has failed",
        "subgroups": "Subgroups" if found.subgroups else "",
        "sample size": "3. What was planned",
        "flow": "6. Flow of items",
        "cohort": "7. Cohort",
        "table": "The index test at its operating point",
        "accuracy": "The index test at its operating point",
        "no contact": "stored images only: no participant was touched",
        "limits": "Limits",
        "data": f"{manifest['protocol']['benchmark']['name']}; its card has source and licence",
        "parts": f"chosen on {plan.chosen_on}, tested on {plan.tested_on}; lock.json",
        "exposure": str(manifest["exposure"]["text"]),
        "environment": "manifest.json of the run",
        "failures": "Failures",
    }
    for name in checklists.NAMES:
        held = checklists.read(name)
        lines = checklists.filled(held, answers)
        gaps = sum(line[2] == checklists.GAP for line in lines)
        prefilled = f"{len(lines) - gaps} of {len(lines)} prefilled, {gaps} need the authors."
        ours = f"Our words, not the guideline's: {held.source}."
        yield Section(
            title=f"Checklist: {held.title}",
            tables=[Grid(words=True, head=("item", "asks for", "answered by"), lines=lines)],
            notes=[prefilled, ours, *([held.note] if held.note else [])],
        )
