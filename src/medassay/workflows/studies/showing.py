"""The sections of a study's report that set a test against others, and its curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medassay.reporting.plot import Mark, plot
from medassay.reporting.tables_page import Grid, Section
from medassay.reporting.words import count, interval, number
from medassay.statistics.operating.curves import Benefit
from medassay.workflows.studies.analysing import Findings
from medassay.workflows.studies.folder import Study

MRMC = (
    "Readers and cases are random, the model is fixed: Obuchowski and Rockette 1995, {freedom:.1f} degrees "
    "of freedom (Hillis 2007)."
)
CARRIED = (
    "Probabilities are carried from the validation part's share of positives to the stated prevalence by "
    "Bayes' rule (Saerens, Latinne and Decaestecker 2002)."
)


def comparison(found: Findings) -> Iterator[Section]:
    """The paired differences from the comparator, where the plan names one."""
    if not found.compared:
        return
    head = ("index less comparator", "value", "95 %", "rows", "clusters")
    lines = [
        (
            p.measure,
            number(p.value, sign=True),
            interval(p.low, p.high, sign=True),
            count(p.n),
            count(p.n_clusters),
        )
        for p in found.compared
    ]
    notes = [f"{p.measure}: {p.note}." for p in found.compared if p.note]
    yield Section(title="Against the comparator", tables=[Grid(head=head, lines=lines)], notes=notes)


def readers(found: Findings) -> Iterator[Section]:
    """The difference from human readers, where the plan names their file."""
    if found.readers is None:
        return
    held = found.readers
    if isinstance(held, str):
        yield Section(title="Against human readers", notes=[held])
        return
    less = f"index test less the mean of {len(held.values)} readers"
    lines = [(less, number(held.value, sign=True), interval(held.low, held.high, sign=True), number(held.p))]
    lines += [
        (f"less reader {name}", number(value, sign=True), "", "")
        for name, value in zip(found.reader_names, held.values, strict=True)
    ]
    yield Section(
        title="Against human readers",
        tables=[Grid(head=("", "value", "95 %", "p"), lines=lines)],
        notes=[MRMC.format(freedom=held.freedom), *([held.note] if held.note else [])],
    )


def curves(study: Study, found: Findings) -> Iterator[Section]:
    """Net benefit over thresholds, and what referral buys."""
    prevalence = study.plan.prevalence
    if found.benefit:
        drawn = plot(
            f"Net benefit per person over threshold probabilities, at a prevalence of {prevalence:g}",
            {
                "the index test": [
                    Mark(x=b.threshold, y=b.model, low=b.low, high=b.high) for b in found.benefit
                ],
                "everybody": [Mark(x=b.threshold, y=max(b.treat_all, -prevalence)) for b in found.benefit],
                "nobody": [Mark(x=b.threshold, y=0.0) for b in found.benefit],
            },
            logarithmic=True,
        )
        yield Section(
            title="Decision curve",
            plots=[drawn] if drawn else [],
            tables=[_benefit(found.benefit)],
            notes=[CARRIED],
        )
    lines = [
        (
            f"{100 * r.share:.1f} %",
            number(r.sensitivity.value),
            interval(r.sensitivity.low, r.sensitivity.high),
            number(r.specificity.value),
            interval(r.specificity.low, r.specificity.high),
        )
        for r in found.referral
    ]
    yield Section(
        title="Referral of the least certain",
        tables=[Grid(head=("referred", "sensitivity", "95 %", "specificity", "95 %"), lines=lines)],
        notes=["Of the rows that are kept. What was not read is referred first."],
    )


def _benefit(benefit: Sequence[Benefit]) -> Grid:
    return Grid(
        head=("threshold", "index test", "95 %", "everybody"),
        lines=[(f"{b.threshold:g}", f"{b.model:+.4f}", _ends(b), f"{b.treat_all:+.4f}") for b in benefit],
    )


def _ends(benefit: Benefit) -> str:
    if benefit.low is None or benefit.high is None:
        return interval(None, None)
    return f"[{benefit.low:+.4f}, {benefit.high:+.4f}]"
