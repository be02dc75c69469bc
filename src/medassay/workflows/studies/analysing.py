"""What a study found: every number of its report, from the stored rows and the plan alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from medassay.errors import UsageError
from medassay.statistics.auroc import FEWEST_CLUSTERS, area, interval, is_rough, problems
from medassay.statistics.operating import Calls, Figure, Performance, perform
from medassay.statistics.operating.curves import (
    Benefit,
    Referral,
    calibration,
    decision_curve,
    moved,
    referral_curve,
)
from medassay.statistics.operating.margins import Paired, judge, paired
from medassay.statistics.operating.readers import Found, against_readers, figures
from medassay.workflows.studies.folder import LOOKS, READERS, Study
from medassay.workflows.studies.plan import MEASURES, Endpoint, Measure, Plan
from medassay.workflows.studies.readers import read_readers
from medassay.workflows.studies.reading import Answers, read_answers
from medassay.workflows.studies.steps import ended

Finding = Literal["shown", "not shown", "refuted"]
_THRESHOLDS = (0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
_REFERRED = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One test on the locked part: at its threshold, over all thresholds, and how its answers were read."""

    threshold: float
    answers: Answers
    called: Calls
    performance: Performance
    auroc: Figure
    calibration: Sequence[Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a study found. `subgroups` are by "tag = value": sensitivity, specificity and AUROC."""

    look: int
    tests: Mapping[str, Tested]
    finding: Finding
    sentence: str
    compared: Sequence[Paired]
    readers: Found | str | None  # a sentence where they cannot be compared, None where the plan names none
    reader_names: Sequence[str]
    benefit: Sequence[Benefit]
    referral: Sequence[Referral]
    subgroups: Mapping[str, Sequence[Figure]]
    later: Sequence[tuple[int, Figure]]  # the primary measure of the index test in each later look
    deviations: Sequence[str]


def analyse(study: Study) -> Findings:
    """The findings of the first look that came to its end; later ones are set beside it, never in its place.

    Raises:
        UsageError: no look came to its end.
        DataError: rows are not those that were locked, or files were changed.
    """
    done = ended(study)
    if not done:
        raise UsageError(f"{study.folder}: the locked part was not looked at yet: medassay study look")
    plan, number = study.plan, done[0][0]
    tests = _tested(study, number)
    index, comparator = tests["index"], tests.get("comparator")
    compared = (
        [paired(measure, index.called, comparator.called) for measure in _measures(plan)]
        if comparator
        else []
    )
    finding = _finding(plan.primary, index, compared)
    operating = study.operating
    learned = operating["index"]["positives"]
    used = replace(index.called, prob=moved(index.called.prob, learned=learned, used=plan.prevalence))
    readers, names = _readers(study, index)
    return Findings(
        look=number,
        tests=tests,
        finding=finding,
        sentence=_sentence(plan.primary, finding, index, compared),
        compared=compared,
        readers=readers,
        reader_names=names,
        benefit=decision_curve(used, _THRESHOLDS, prevalence=plan.prevalence),
        referral=referral_curve(index.called, index.threshold, _REFERRED),
        subgroups=_subgroups(plan, index),
        later=[(n, _measured(_tested(study, n)["index"], plan.primary.measure)) for n, _, _ in done[1:]],
        deviations=_deviations(study, index),
    )


def _tested(study: Study, number: int) -> dict[str, Tested]:
    found = {}
    for role in study.plan.tests:
        folder = study.folder / LOOKS / str(number) / role
        answers = read_answers(folder, study.plan, items=study.items)
        threshold = float(study.operating[role]["threshold"])
        called = answers.calls.at(threshold)
        found[role] = Tested(
            threshold=threshold,
            answers=answers,
            called=called,
            performance=_performance(called, study.plan),
            auroc=_auroc(called),
            calibration=calibration(called),
        )
    return found


def _performance(called: Calls, plan: Plan) -> Performance:
    return perform(called, prevalence=plan.prevalence, indeterminate=plan.indeterminate)


def _auroc(calls: Calls) -> Figure:
    """Rows without a probability rank worst."""
    _, codes = np.unique(calls.codes, return_inverse=True)
    size = {"n": len(codes), "n_clusters": len(np.unique(codes))}
    rankings = problems(calls.truth[:, None], calls.prob, codes)
    if not rankings:
        note = "rows of one class only, or no probabilities: there is no AUROC"
        return Figure(name="auroc", value=None, low=None, high=None, **size, note=note)
    found = area(rankings)
    bounds = interval(found)
    note = f"fewer than {FEWEST_CLUSTERS} clusters of a class: no interval" if bounds is None else ""
    if bounds is not None and is_rough(found.value, found.rarer):
        note = f"rough: {found.rarer} clusters of the rarer class"
    low, high = bounds or (None, None)
    return Figure(name="auroc", value=found.value, low=low, high=high, **size, note=note)


def _measures(plan: Plan) -> list[Measure]:
    wanted = {plan.primary.measure, *plan.secondary}
    return [measure for measure in MEASURES if measure in wanted]


def _measured(tested: Tested, measure: Measure) -> Figure:
    return tested.auroc if measure == "auroc" else tested.performance.figure(measure)


def judged(plan: Plan, tests: Mapping[str, Tested]) -> tuple[Finding, float | None]:
    """The planned claim on rows whose truth was changed: what is found, and the value it rests on."""
    again = {
        role: replace(held, performance=_performance(held.called, plan), auroc=_auroc(held.called))
        for role, held in tests.items()
    }
    index, measure = again["index"], plan.primary.measure
    if plan.primary.claim == "at least":
        return _finding(plan.primary, index, []), _measured(index, measure).value
    held = paired(measure, index.called, again["comparator"].called)
    return _finding(plan.primary, index, [held]), held.value


def _finding(primary: Endpoint, index: Tested, compared: Sequence[Paired]) -> Finding:
    """The whole 95 % interval is held against what was planned."""
    if primary.claim != "at least":
        held = next(each for each in compared if each.measure == primary.measure)
        return judge(held, primary.claim, primary.value)
    figure = _measured(index, primary.measure)
    if figure.low is None or figure.high is None:
        return "not shown"
    if figure.low >= primary.value:
        return "shown"
    return "refuted" if figure.high < primary.value else "not shown"


def _sentence(primary: Endpoint, finding: Finding, index: Tested, compared: Sequence[Paired]) -> str:
    """What was and was not shown, in plain words."""
    if primary.claim == "at least":
        found: Figure | Paired = _measured(index, primary.measure)
        claim = f"{primary.measure} of at least {primary.value:g}"
        said: str = primary.measure
    else:
        found = next(each for each in compared if each.measure == primary.measure)
        claim = {
            "non-inferior": f"{primary.measure} not more than {primary.value:g} below the comparator's",
            "superior": f"{primary.measure} more than {primary.value:g} above the comparator's",
            "equivalent": f"{primary.measure} within {primary.value:g} of the comparator's",
        }[primary.claim]
        said = f"the difference of {primary.measure}"
    if found.value is None:
        return f"Nothing was shown of the planned claim, {claim}: {found.note}."
    if found.low is None or found.high is None:
        return f"The planned claim, {claim}, was not shown: {said} is {found.value:.3f}, {found.note}."
    held = f"{said} is {found.value:.3f}, 95 % interval {found.low:.3f} to {found.high:.3f}"
    return {
        "shown": f"Shown: {claim}; {held}.",
        "not shown": f"Not shown: {claim}; {held}. The study neither shows nor refutes it.",
        "refuted": f"Refuted: {claim}; {held}.",
    }[finding]


def _readers(study: Study, index: Tested) -> tuple[Found | str | None, Sequence[str]]:
    """The index test less the mean of human readers, by the primary measure."""
    if study.plan.readers is None:
        return None, ()
    held = read_readers(study.folder / READERS, index.answers.ids)
    others = [each.on(index.called) for each in held]
    try:
        found = against_readers(*figures(study.plan.primary.measure, [index.called, *others]))
    except UsageError as error:
        return f"{error}.", ()
    return found, [each.name for each in held]


def _subgroups(plan: Plan, index: Tested) -> dict[str, list[Figure]]:
    found = {}
    for tag in plan.subgroups:
        values = np.array(index.answers.tags[tag])
        for value in sorted(set(values.tolist())):
            called = index.called.choose(values == value)
            reached = _performance(called, plan)
            found[f"{tag} = {value or '(not stated)'}"] = [
                reached.figure("sensitivity"),
                reached.figure("specificity"),
                _auroc(called),
            ]
    return found


def _deviations(study: Study, index: Tested) -> list[str]:
    """What was done otherwise than planned, as far as the tool can see it; then what people entered."""
    plan, stated = study.plan, study.stated
    rows, left_out = len(index.answers.ids), stated["validation_left_out"]
    code = study.lock.statement.subjects["code"]
    found = []
    if rows < plan.rows:
        found.append(f"{plan.rows} rows were planned, and the locked part has {rows}.")
    if left_out:
        found.append(
            f"{left_out} of {stated['validation_items']} validation rows share an image or a cluster with "
            "the test part and were left out of the choice of the operating point."
        )
    if others := sorted({name for name in _codes(study) if name != code}):
        found.append(f"The code at a look was another than at the lock: {', '.join(n[:12] for n in others)}.")
    begun = [entry for entry in study.entries if entry.kind == "look begun"]
    if len(begun) > 1:
        found.append(
            f"The locked part was looked at {len(begun)} times; this report is of the first look that ended."
        )
    entered = [e for e in study.entries if e.kind == "deviation"]
    return [*found, *(f"{e.when}, {e.who}: {e.why}" for e in entered)]


def _codes(study: Study) -> list[str]:
    from medassay.workflows.folder import read_manifest

    folders = [study.folder / LOOKS / str(number) / "index" for number, _, _ in ended(study)]
    return [read_manifest(folder)["environment"]["code"] for folder in folders]
