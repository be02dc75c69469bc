"""The validation report as Markdown: the same without pictures."""

from __future__ import annotations

from medassay.reporting import arrange, manifest, words
from medassay.reporting.markdown import escape, estimates_table, table_of
from medassay.reporting.validation import FURTHER, Validation


def render(held: Validation) -> str:
    """Equal values give equal text."""
    plan, record = held.plan, held.record
    further = arrange.table(FURTHER, "measure", held.further)
    facts = [(escape(term), escape(text)) for term, text in manifest.facts(record) + manifest.times(record)]
    hashes = [(escape(term), f"`{digest}`") for term, digest in held.hashes]
    parts = [
        f"# Validation report: {escape(plan.title)}",
        escape(manifest.sentence(record)),
        "## Intended use",
        escape(plan.intended_use),
        *([f"Setting: {escape(plan.setting)}"] if plan.setting else []),
        *([f"Responsible: {escape(plan.responsible)}"] if plan.responsible else []),
        "## Cohort",
        table_of(held.cohort.head, [tuple(map(escape, line)) for line in held.cohort.lines], numbers=3),
        *map(escape, held.notes),
        "## Primary endpoint",
        _endpoint(held),
        f"**{escape(held.verdict)}**",
        *([estimates_table(further)] if further else []),
        "## Subgroups",
        *(
            map(estimates_table, arrange.slices(record))
            if plan.subgroups
            else ["None was stated in the plan."]
        ),
        "## Limits",
        "\n".join(f"- {escape(limit)}" for limit in plan.limits),
        "## Provenance",
        table_of(("what", "sha256"), hashes, numbers=0),
        table_of(("what", "value"), facts, numbers=0),
        "## Signatures",
        table_of(
            ("role", "name", "date", "signature"),
            [(escape(role), "", "", "") for role in plan.signatures],
            numbers=0,
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _endpoint(held: Validation) -> str:
    bar = f"; stated beforehand: {held.plan.bar.text}" if held.plan.bar else ""
    estimate = held.endpoint
    found = words.value_line(estimate) if estimate else "not estimated"
    where = ", ".join(f"{k}={v}" for k, v in held.plan.where.items())
    of = f" where {where}" if where else ""
    return escape(f"{words.metric_name(held.plan.metric)}{of}: {found}{bar}.")
