"""The findings of a study as the sections of its report, in the order that a reviewer reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medassay.reporting.flow import flow
from medassay.reporting.tables_page import Grid, Section
from medassay.reporting.words import count, interval, number
from medassay.statistics.operating import Figure
from medassay.workflows.studies.analysing import Findings
from medassay.workflows.studies.documents import documents
from medassay.workflows.studies.folder import Study
from medassay.workflows.studies.showing import comparison, curves, readers

HEAD = ("", "value", "95 %", "rows", "clusters")
NOT_A_PERMIT = (
    "What was shown is the planned claim on these items and nothing wider. Whether the model may be used is "
    "not for this report to say."
)


ALONE = (
    "The dataset does not say which rows are of one patient: each stands alone, and intervals may be too "
    "narrow."
)


def sections(
    study: Study, found: Findings, *, of_part: int, manifests: Mapping[str, Mapping[str, Any]]
) -> list[Section]:
    """All sections but the gallery of failures.

    Args:
        study: as it was locked.
        found: its findings.
        of_part: rows of the whole test part, those outside the study too.
        manifests: of the runs of the look, by role.
    """
    plan, index = study.plan, found.tests["index"]
    alone = [ALONE] if all(item.cluster == item.id for item in study.items.values()) else []
    drawn = flow(index.performance.table, of_part=of_part, target=plan.target, why=index.answers.why)
    return [
        Section(title="1. What was and was not shown", text=found.sentence, notes=[NOT_A_PERMIT]),
        Section(
            title="2. Intended use",
            notes=[
                plan.intended_use,
                f"Population: {plan.population}",
                f"Reference standard: {plan.reference_standard}",
            ],
        ),
        Section(title="3. What was planned, and what was found", tables=[_planned(study, found)]),
        Section(
            title="4. Deviations from the plan", notes=found.deviations or ["None that the tool can see."]
        ),
        Section(title="5. Looks at the locked part", tables=[_looks(study)], notes=_later(found)),
        Section(title="6. Flow of items", flows=[drawn], text=drawn.label),
        Section(title="7. Cohort", tables=[_cohort(study, found)]),
        *_operating(study, found),
        *comparison(found),
        *readers(found),
        *curves(study, found),
        Section(
            title="Subgroups, the index test",
            tables=[_figures({f"{of}: {f.name}": f for of, fs in found.subgroups.items() for f in fs})]
            if found.subgroups
            else [],
            notes=["Each has its own interval; of many groups some stand out by luck."]
            if found.subgroups
            else ["None was planned."],
        ),
        Section(title="Limits", notes=[*plan.limits, *alone]),
        *documents(study, found, manifests),
        Section(
            title="Signatures",
            tables=[
                Grid(
                    words=True,
                    head=("role", "name", "date", "signature"),
                    lines=[(r, " ", " ", " ") for r in plan.signatures],
                )
            ],
        ),
    ]


def _planned(study: Study, found: Findings) -> Grid:
    plan = study.plan
    primary, index = plan.primary, found.tests["index"]
    bar = {
        "at least": f"at least {primary.value:g}",
        "non-inferior": f"non-inferior by {primary.value:g}",
        "superior": f"superior by {primary.value:g}",
        "equivalent": f"equivalent within {primary.value:g}",
    }[primary.claim]
    test, chosen = plan.index_test, study.operating["index"]
    return Grid(
        words=True,
        head=("", "planned", "found"),
        lines=[
            (f"primary: {primary.measure}", bar, found.finding),
            ("why this bar", primary.why, "as planned"),
            ("rows", f"{plan.rows} ({plan.rows_why})", count(len(index.answers.ids))),
            (
                "threshold",
                test.rule.text,
                f"{found.tests['index'].threshold:.6g}, chosen on {chosen['rows']} rows",
            ),
            (
                "indeterminate results",
                plan.indeterminate,
                count(sum(t[2] for t in index.performance.table.values())),
            ),
            ("prevalence", f"{plan.prevalence:g} ({plan.prevalence_from})", "as planned"),
        ],
    )


def _looks(study: Study) -> Grid:
    lines = [
        (
            str(entry.number),
            entry.kind,
            entry.when,
            entry.who,
            "" if entry.kind == "look ended" else entry.why,
        )
        for entry in study.entries
        if entry.kind != "reported"
    ]
    return Grid(words=True, head=("entry", "what", "when", "who", "why"), lines=lines)


def _later(found: Findings) -> list[str]:
    return [
        f"Look {n}, after the first: {later.name} {number(later.value)} {interval(later.low, later.high)}."
        for n, later in found.later
    ]


def _cohort(study: Study, found: Findings) -> Grid:
    answers = found.tests["index"].answers
    positive = answers.calls.truth == 1
    lines = [("all", count(len(positive)), count(int(positive.sum())), count(int((~positive).sum())))]
    for tag, values in answers.tags.items():
        lines.append((tag, "", "", ""))
        for value in sorted(set(values)):
            mine = [v == value for v in values]
            both = positive[mine]
            lines.append(
                (
                    f"  {value or '(not stated)'}",
                    count(len(both)),
                    count(int(both.sum())),
                    count(int((~both).sum())),
                )
            )
    return Grid(head=("", "rows", study.plan.target, f"not {study.plan.target}"), lines=lines)


def _operating(study: Study, found: Findings) -> Iterator[Section]:
    for role, tested in found.tests.items():
        table = tested.performance.table
        counts = Grid(
            head=(f"{study.plan.tests[role].model}", "called positive", "called negative", "indeterminate"),
            lines=[
                (study.plan.target if truth == "positive" else f"not {study.plan.target}", *map(count, row))
                for truth, row in table.items()
            ],
        )
        figures = {f.name: f for f in (*tested.performance.figures, tested.auroc, *tested.calibration)}
        yield Section(
            title=f"The {role} test at its operating point",
            tables=[counts, _figures(figures)],
            notes=_notes(figures),
        )


def _figures(figures: Mapping[str, Figure]) -> Grid:
    return Grid(
        head=HEAD,
        lines=[
            (name, number(f.value), interval(f.low, f.high), count(f.n), count(f.n_clusters))
            for name, f in figures.items()
        ],
    )


def _notes(figures: Mapping[str, Figure]) -> list[str]:
    return [f"{name}: {figure.note}." for name, figure in figures.items() if figure.note]
