"""`study lock`: the plan, the items, the models and the code as they are before anything is looked at."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from medassay import __version__
from medassay.errors import StoreError, UsageError
from medassay.reporting.files import write_bytes
from medassay.workflows.locked import register
from medassay.workflows.manifest import code_sha256
from medassay.workflows.named import resolve_model
from medassay.workflows.resolve import Task, resolve_benchmark
from medassay.workflows.studies import attest
from medassay.workflows.studies.folder import ITEMS, LEDGER, LOCK, PLAN, READERS, Study, load, now, somebody
from medassay.workflows.studies.items import Item, digest_of, items_of
from medassay.workflows.studies.ledger import Event, append
from medassay.workflows.studies.plan import Plan, read_plan
from medassay.workflows.studies.readers import read_readers


def lock(
    plan: Path, *, out: Path, data: str | None = None, who: str | None = None, key: Path | None = None
) -> Study:
    """Freeze a plan: a folder with the plan, the hash of every test item, and a statement over both.

    Args:
        plan: a file `kind: study`.
        out: the study's folder; it must not hold anything.
        data: the folder with the benchmark's own files.
        who: locks it; the name of the account by default.
        key: signs the lock, an Ed25519 private key in PEM.

    Raises:
        UsageError: `out` holds files, a model, split or class is not there, or the parts are the same.
        DataError: the plan has a mistake, or the data cannot be read.
        StoreError: the folder cannot be written.
    """
    stated = read_plan(plan)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty: a study is locked once; name another folder")
    test, chosen_on = (part(stated, split, data) for split in (stated.tested_on, stated.chosen_on))
    items = _items(test, stated, "test")
    validation = _items(chosen_on, stated, "validation")
    usable = kept(validation, items, part=stated.chosen_on)
    if stated.readers is not None:
        read_readers(plan.parent / stated.readers, [item.id for item in items])
    models = {role: resolve_model(each.model).model.fingerprint for role, each in stated.tests.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(plan, out / PLAN)
        if stated.readers is not None:
            shutil.copyfile(plan.parent / stated.readers, out / READERS)
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error.strerror}") from error
    write_bytes(out / ITEMS, attest.spelled([asdict(item) for item in items]) + b"\n")
    actor, when = somebody(who), now()
    digest = attest.write(
        out / LOCK,
        attest.Statement(
            kind="study-lock",
            subjects={
                PLAN: sha256((out / PLAN).read_bytes()).hexdigest(),
                ITEMS: sha256((out / ITEMS).read_bytes()).hexdigest(),
                **({READERS: attest.digest(out / READERS)} if stated.readers is not None else {}),
                "items": digest_of(items),
                "code": code_sha256(),
                **{f"model {role}": sha256(name.encode()).hexdigest() for role, name in models.items()},
            },
            predicate={
                "title": stated.title,
                "primary": asdict(stated.primary),
                "items": len(items),
                "clusters": len({item.cluster for item in items}),
                "validation_items": len(validation),
                "validation_left_out": len(validation) - len(usable),
                "models": models,
                "medassay": __version__,
                "locked_by": actor,
                "locked_at": when,
            },
        ),
        key,
    )
    event = Event(kind="locked", when=when, who=actor, why="the plan is frozen", files={LOCK: digest})
    append(out / LEDGER, event, lock=digest)
    register(
        digest, study=out.name, title=stated.title, images=(name for item in items for name in item.images)
    )
    return load(out)


def part(plan: Plan, split: str, data: str | None) -> Task:
    """The study's benchmark at one of its parts.

    Raises:
        UsageError: it has no such part.
    """
    return resolve_benchmark(plan.benchmark, data=data, split=split)


def _items(task: Task, plan: Plan, name: str) -> list[Item]:
    items = list(items_of(task, plan.where))
    if not items:
        stated = ", ".join(f"{tag}={value}" for tag, value in plan.where.items())
        raise UsageError(
            f"no sample of the {name} part of {task.title} has {stated}: see `where` in the plan"
        )
    return items


def kept(validation: Iterable[Item], test: Collection[Item], *, part: str) -> set[str]:
    """The ids of validation items that share neither image nor cluster with the test items.

    Raises:
        UsageError: none is left.
    """
    clusters, images = {item.cluster for item in test}, {name for item in test for name in item.images}
    left = {i.id for i in validation if i.cluster not in clusters and not images.intersection(i.images)}
    if not left:
        raise UsageError(f"every item of {part} is in the test part too: a threshold cannot be chosen on it")
    return left
