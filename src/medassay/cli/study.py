"""`medassay study`: plan, lock, choose, look, report, verify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medassay.cli.options import AsJson, DataFolder, Permit
from medassay.cli.printing import INCOMPLETE, put, say
from medassay.cli.progress import Display, stoppable

if TYPE_CHECKING:
    from medassay.workflows.studies import Study
    from medassay.workflows.studies.ledger import Entry

app = typer.Typer(
    help="A study to stand behind: plan, lock, choose, look, report, verify.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[Path, typer.Argument(metavar="STUDY", help="The folder of a locked study.")]
Who = Annotated[str | None, typer.Option("--who", help="Who does this [default: the account's name].")]
Key = Annotated[Path | None, typer.Option("--key", help="Sign with this Ed25519 private key (PEM).")]
Store = Annotated[Path | None, typer.Option("--store", help="The answers [default: .medassay/responses.db].")]


@app.command("new", epilog="Example: medassay study new study.yaml; medassay study new study.yaml --example.")
def new(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The YAML file to write.")],
    example: Annotated[
        bool, typer.Option("--example", help="Write an example to be changed, and ask nothing.")
    ] = False,
) -> None:
    """Ask what a study must state beforehand, and write it as a plan."""
    from medassay.workflows.studies.asking import QUESTIONS, write_example, write_plan

    if example:
        say(f"Wrote {write_example(plan)}. Change it, then: medassay study lock {plan} --out STUDY")
        return
    answers = {
        question.key: typer.prompt(question.text, default=question.default or None) for question in QUESTIONS
    }
    say(f"Wrote {write_plan(plan, answers)}. Then: medassay study lock {plan} --out STUDY")


@app.command(
    "lock",
    epilog="Example: medassay study lock study.yaml --out glaucoma --data DIR. Publish the hash it prints: "
    "it shows later that the plan came first.",
)
def lock(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A file `kind: study`.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder of the study; it must be empty.")],
    data: DataFolder = None,
    who: Who = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Freeze the plan, the test items, the models and the code, in a file others can verify."""
    from medassay.workflows import studies

    held = studies.lock(plan, out=out, data=data, who=who, key=key)
    stated = held.stated
    if as_json:
        say(json.dumps({"study": str(out), "lock": held.lock.sha256, **stated}, ensure_ascii=False))
        return
    say(f"Locked {stated['items']} items in {stated['clusters']} clusters. sha256 of {out / 'lock.json'}:")
    say(held.lock.sha256)
    say(f"Next: medassay study choose {out}")


@app.command("choose", epilog="Example: medassay study choose glaucoma --data DIR")
def choose(
    study: Folder,
    data: DataFolder = None,
    who: Who = None,
    store: Store = None,
    permit: Permit = None,
    as_json: AsJson = False,
) -> None:
    """Choose the operating point on the validation part by the planned rule."""
    from medassay.workflows import studies
    from medassay.workflows.studies.steps import Asking

    with stoppable(), Display(quiet=as_json) as progress:
        progress.start(f"{study.name}: validation")
        asking = Asking(data=data, store=store, permit=permit or (), progress=progress.show)
        held = studies.choose(study, asking=asking, who=who)
    points = held.operating
    if as_json:
        say(json.dumps({role: {k: v for k, v in p.items() if k != "ids"} for role, p in points.items()}))
        return
    for role, point in points.items():
        reached = ", ".join(f"{n} {point[n]['value']:.3f}" for n in ("sensitivity", "specificity"))
        say(
            f"{role}: threshold {point['threshold']:.6g} ({point['rule']}); on {point['rows']} rows {reached}"
        )
    say(f'Next: medassay study look {study} --why "the planned analysis"')


@app.command(
    "look",
    epilog='Example: medassay study look glaucoma --data DIR --why "the planned analysis". Interrupted, the '
    "same command goes on with the same look.",
)
def look(
    study: Folder,
    why: Annotated[str, typer.Option("--why", help="Why the locked part is looked at.")] = "",
    data: DataFolder = None,
    who: Who = None,
    store: Store = None,
    permit: Permit = None,
    as_json: AsJson = False,
) -> None:
    """Ask the models on the locked part. Each look is counted, and shown in every report."""
    from medassay.workflows import studies
    from medassay.workflows.studies.steps import Asking

    with stoppable(), Display(quiet=as_json) as progress:
        progress.start(f"{study.name}: the locked part")
        asking = Asking(data=data, store=store, permit=permit or (), progress=progress.show)
        held = studies.look(study, why=why, asking=asking, who=who)
    _status(held, as_json=as_json)
    if not as_json:
        say(f"Next: medassay study report {study}")


@app.command(
    "deviate", epilog='Example: medassay study deviate glaucoma --why "12 scans were lost at site B"'
)
def deviate(
    study: Folder,
    why: Annotated[str, typer.Option("--why", help="What was done otherwise, and why.")] = "",
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """Enter a deviation from the plan; every report lists it."""
    from medassay.workflows import studies

    _status(studies.deviate(study, why=why, who=who), as_json=as_json)


@app.command("status", epilog="Example: medassay study status glaucoma")
def status(study: Folder, as_json: AsJson = False) -> None:
    """Print the ledger: what was done, when, by whom and why."""
    from medassay.workflows import studies

    _status(studies.load(study), as_json=as_json)


@app.command("report", epilog="Example: medassay study report glaucoma --key KEY.pem")
def report(
    study: Folder, who: Who = None, key: Key = None, permit: Permit = None, as_json: AsJson = False
) -> None:
    """Write the report with its checklists, and seal every file of the study."""
    from medassay.workflows.studies.attest import digest
    from medassay.workflows.studies.report import report as write

    *pages, seal = write(study, who=who, key=key, permit=permit or ())
    if as_json:
        say(json.dumps({"files": [str(path) for path in pages], "seal": digest(seal)}))
        return
    say("\n".join(f"Report: {path}" for path in pages))
    say(f"Sealed. sha256 of {seal}:\n{digest(seal)}")


@app.command(
    "key",
    epilog="Example: medassay study key glaucoma --labels labels.csv (columns reader, id, label).",
)
def key(
    study: Folder,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Labels of several readers: reader, id, label.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the key is worth: agreement, ceiling, soft scores, and whether the finding hangs on it."""
    from medassay.reporting.sections import render_sections
    from medassay.workflows.studies.keys import key as worth

    told = worth(study, labels)
    if as_json:
        tables = {
            s.title: [dict(zip(t.head, line, strict=True)) for t in s.tables for line in t.lines]
            for s in told
        }
        say(json.dumps(tables, ensure_ascii=False))
        return
    for shown in render_sections(told):
        put(shown)


@app.command(
    "verify",
    epilog="Example: medassay study verify glaucoma --public PUB.pem. Exit code 1: something is wrong.",
)
def verify(
    study: Folder,
    public: Annotated[
        Path | None, typer.Option("--public", help="The Ed25519 public key (PEM) that must have signed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that plan, items, answers and report belong together; needs no model and no data."""
    from medassay.workflows.studies.verifying import verify as check

    found = check(study, public=public)
    if as_json:
        checks = {each.name: each.wrong or "holds" for each in found.checks}
        say(json.dumps({"holds": found.holds, "checks": checks, "lock": found.lock, "seal": found.seal}))
    else:
        for each in found.checks:
            say(f"WRONG  {each.name}: {each.wrong}" if each.wrong else f"holds  {each.name}")
        say(f"lock  {found.lock}\nseal  {found.seal}")
    if not found.holds:
        raise typer.Exit(INCOMPLETE)


def _status(held: Study, *, as_json: bool) -> None:
    from medassay.reporting.sections import render_sections
    from medassay.reporting.tables_page import Grid, Section

    if as_json:
        shown = ("number", "kind", "when", "who", "why")
        entries = [{name: getattr(entry, name) for name in shown} for entry in held.entries]
        whole = {"study": str(held.folder), "lock": held.lock.sha256, "entries": entries}
        say(json.dumps(whole, ensure_ascii=False))
        return
    table = Grid(
        head=("what", "when (UTC)", "who"),
        lines=[(_said(e), e.when[:16].replace("T", " "), e.who) for e in held.entries],
    )
    for renderable in render_sections([Section(title=held.plan.title, tables=[table])]):
        put(renderable)


def _said(entry: Entry) -> str:
    return (
        f"{entry.kind}, of entry {entry.why}" if entry.kind == "look ended" else f"{entry.kind}: {entry.why}"
    )
