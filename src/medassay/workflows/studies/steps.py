"""`study choose` and `study look`: the operating point on validation, then the locked part, counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medassay.engine import Progress
from medassay.errors import DataError, UsageError
from medassay.reporting.files import write_bytes
from medassay.statistics.operating import choose as choose_point
from medassay.statistics.operating import perform
from medassay.workflows.named import resolve_model
from medassay.workflows.results import Run
from medassay.workflows.running import run
from medassay.workflows.studies import attest
from medassay.workflows.studies.attest import digest
from medassay.workflows.studies.folder import (
    CHOSEN,
    LOOKS,
    OPERATING,
    Study,
    files_of,
    load,
    somebody,
)
from medassay.workflows.studies.items import items_of
from medassay.workflows.studies.ledger import Entry, looks
from medassay.workflows.studies.locking import kept, part
from medassay.workflows.studies.reading import read_answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Where data lie and answers are kept, whom they may be sent to, and who is told how far it is."""

    data: str | None = None
    store: Path | None = None
    permit: Collection[str] = ()
    progress: Callable[[Progress], None] | None = None


def choose(folder: Path, *, asking: Asking | None = None, who: str | None = None) -> Study:
    """Ask the models on the validation part, and choose their thresholds by the planned rule.

    Running again before a look gives the same: the rule is in the plan, and the answers are kept.

    Raises:
        UsageError: the locked part was looked at already, a model is another than locked, or no threshold
            does what the rule says.
        DataError: a file was changed, or rows failed.
        StoreError: the folder cannot be written.
    """
    study = load(folder)
    if looks(study.entries):
        raise UsageError(
            f"{folder}: the locked part was looked at: its operating point can be chosen no more"
        )
    plan, asking = study.plan, asking or Asking()
    task = part(plan, plan.chosen_on, asking.data)
    usable = kept(items_of(task, plan.where), tuple(study.items.values()), part=plan.chosen_on)
    points: dict[str, Mapping[str, Any]] = {}
    files: dict[str, str] = {}
    for role, test in plan.tests.items():
        where = folder / CHOSEN / role
        ran = _ask(study, role, plan.chosen_on, where, asking)
        answers = read_answers(where, plan, only=usable)
        threshold = choose_point(test.rule, answers.calls, prevalence=plan.prevalence)
        reached = perform(answers.calls.at(threshold), prevalence=plan.prevalence)
        points[role] = {
            "rule": test.rule.text,
            "threshold": threshold,
            "positives": float((answers.calls.truth == 1).mean()),
            "rows": len(answers.ids),
            "ids": sorted(answers.ids),
            "sensitivity": asdict(reached.figure("sensitivity")),
            "specificity": asdict(reached.figure("specificity")),
            "model": ran.manifest["model"]["fingerprint"],
        }
        files |= files_of(folder, where)
    write_bytes(folder / OPERATING, attest.spelled(points) + b"\n")
    study.add(
        "chosen",
        who=somebody(who),
        why=f"operating points chosen on {plan.chosen_on}",
        files={**files, OPERATING: digest(folder / OPERATING)},
    )
    return load(folder)


def look(folder: Path, *, why: str, asking: Asking | None = None, who: str | None = None) -> Study:
    """Ask the models on the locked part. That it begins is in the ledger before the first question.

    A look that did not come to its end is gone on with; after that, each is a new one, and every report shows
    how many there were.

    Raises:
        UsageError: no reason is given, no operating point was chosen, or a model is another than locked.
        DataError: a file was changed, or the items are not those that were locked.
        StoreError: the folder cannot be written.
    """
    if not why.strip():
        raise UsageError('say why the locked part is looked at: --why "the planned analysis"')
    study = load(folder)
    study.operating  # noqa: B018  raises where none was chosen
    actor = somebody(who)
    open_look = next((begun for begun, ended in looks(study.entries) if ended is None), None)
    begun = open_look or study.add("look begun", who=actor, why=why.strip())
    number = len(looks((*study.entries, begun) if open_look is None else study.entries))
    place = folder / LOOKS / str(number)
    for role in study.plan.tests:
        where = place / role
        ran = _ask(study, role, study.plan.tested_on, where, asking or Asking())
        if not ran.complete:
            failed = ran.manifest["counts"].get("failed", 0)
            raise DataError(
                f"{where}: {failed} rows failed: mend the cause and give the command again; it goes on"
            )
        read_answers(where, study.plan, items=study.items)
    study = load(folder)
    study.add("look ended", who=actor, why=str(begun.number), files=files_of(folder, place))
    return load(folder)


def deviate(folder: Path, *, why: str, who: str | None = None) -> Study:
    """Put a deviation from the plan into the ledger; every report lists it.

    Raises:
        UsageError: it is not said what.
        DataError: a file was changed.
    """
    if not why.strip():
        raise UsageError('say what was done otherwise, and why: --why "..."')
    load(folder).add("deviation", who=somebody(who), why=why.strip())
    return load(folder)


def ended(study: Study) -> list[tuple[int, Entry, Entry]]:
    """The looks that came to their end: number, begin and end."""
    return [
        (number, begun, end)
        for number, (begun, end) in enumerate(looks(study.entries), start=1)
        if end is not None
    ]


def _ask(study: Study, role: str, split: str, where: Path, asking: Asking) -> Run:
    test, locked = study.plan.tests[role], study.stated["models"][role]
    named = resolve_model(test.model)
    if (found := named.model.fingerprint) != locked:
        raise UsageError(
            f"the {role} model {test.model} is another than the one that was locked ({found[:12]}, locked "
            f"{locked[:12]}): put the locked weights back, or lock a new study"
        )
    return run(
        model=named,
        benchmark=study.plan.benchmark,
        data=asking.data,
        split=split,
        solver=test.solver,
        out=where,
        store=asking.store,
        permit=asking.permit,
        progress=asking.progress,
    )
