"""`study verify`: plan, items, answers and report belong together, or the file that does not is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from medassay.errors import MedassayError
from medassay.reporting.sections import markdown_sections
from medassay.statistics.operating import choose as choose_point
from medassay.workflows.studies import attest
from medassay.workflows.studies.analysing import analyse
from medassay.workflows.studies.attest import digest
from medassay.workflows.studies.folder import (
    CHOSEN,
    ITEMS,
    LEDGER,
    LOCK,
    REPORT,
    SEAL,
    SUMS,
    Study,
    files_of,
    load,
)
from medassay.workflows.studies.items import digest_of
from medassay.workflows.studies.reading import read_answers
from medassay.workflows.studies.report import sums, tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was checked; `wrong` says what does not hold, "" where all does."""

    name: str
    wrong: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked of a study, and the hashes to hold against those that were published."""

    checks: tuple[Check, ...]
    lock: str
    seal: str

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not any(check.wrong for check in self.checks)


def verify(folder: Path, *, public: Path | None = None) -> Verified:
    """Check a study from its files alone; no model and no data set is needed.

    The seal holds every file, and `SHA256SUMS` the seal; the lock holds plan and items; the ledger is a chain
    that begins with the lock; each file stands in the ledger as it was made; the rows are the locked items;
    the thresholds follow from the validation rows by the planned rule; the Markdown report follows from the
    rows, to the byte. Who could change all files together is stopped by a signature (`public`), or by the two
    hashes if they were published.

    Args:
        folder: of the study, sealed by `study report`.
        public: the key that must have signed lock and seal, an Ed25519 public key in PEM.

    Raises:
        UsageError: the key cannot be read.
    """
    checks = [check("seal", lambda: sealed(folder, public))]
    study: list[Study] = []
    checks.append(check("plan, items, lock and ledger", lambda: _held(folder, study, public)))
    if study:
        held = study[0]
        checks += [
            check("files of each step", lambda: _entered(held)),
            check("operating point", lambda: _chosen(held)),
            check("answers and report", lambda: _told(held)),
        ]
    return Verified(checks=tuple(checks), lock=_hash(folder / LOCK), seal=_hash(folder / SEAL))


def check(name: str, look: Callable[[], Iterator[str]]) -> Check:
    """Run one check; what stops it is what is wrong."""
    try:
        return Check(name=name, wrong="; ".join(look()))
    except MedassayError as error:
        return Check(name=name, wrong=str(error))
    except (
        KeyError,
        OSError,
        TypeError,
        ValueError,
    ) as error:  # changed, and still JSON
        return Check(name=name, wrong=f"a file is not what medassay writes: {error!r}")


def sealed(folder: Path, public: Path | None) -> Iterator[str]:
    """What of the seal does not hold, from its own bytes to those of every file.

    Raises:
        DataError: a file cannot be read, or the seal is not spelled as it is written.
        UsageError: the key cannot be read.
    """
    seal = attest.read(folder / SEAL, "study-seal")
    if public is not None and not seal.signed_by(public):
        yield f"{SEAL} is not signed by this key"
    stated = {**seal.statement.subjects, SEAL: seal.sha256}
    if (folder / SUMS).read_bytes() != sums(stated).encode():
        yield f"{SUMS} and {SEAL} do not agree: one of them was changed"
    there = files_of(folder, folder)
    there.pop(SUMS, None)
    for name in sorted({*stated, *there}):
        if name not in there:
            yield f"{name} is gone"
        elif name not in stated:
            yield f"{name} was added after the seal"
        elif stated[name] != there[name]:
            yield f"{name} was changed after the seal"


def _held(folder: Path, into: list[Study], public: Path | None) -> Iterator[str]:
    study = load(folder)
    into.append(study)
    if public is not None and not study.lock.signed_by(public):
        yield f"{LOCK} is not signed by this key"
    if digest_of(study.items.values()) != study.lock.statement.subjects["items"]:
        yield f"{ITEMS}: the items are not those of the lock"


def _entered(study: Study) -> Iterator[str]:
    """A file is as the last entry that names it says."""
    stated: dict[str, str] = {}
    for entry in study.entries:
        stated |= entry.files
    for name, digested in stated.items():
        if digest(study.folder / name) != digested:
            yield f"{name} is not the one that {LEDGER} names"


def _chosen(study: Study) -> Iterator[str]:
    for role, point in study.operating.items():
        answers = read_answers(study.folder / CHOSEN / role, study.plan, only=set(point["ids"]))
        rule = study.plan.tests[role].rule
        if choose_point(rule, answers.calls, prevalence=study.plan.prevalence) != point["threshold"]:
            yield f"the threshold of the {role} test does not follow from the validation rows"
        if point["model"] != study.stated["models"][role]:
            yield f"the threshold of the {role} test was chosen with another model than was locked"


def _told(study: Study) -> Iterator[str]:
    found = analyse(study)
    path = study.folder / f"{REPORT}.md"
    made = markdown_sections(study.plan.title, tell(study, found))
    if digest(path) != sha256(made.encode()).hexdigest():
        yield f"{path.name} does not follow from the rows, the plan and the ledger"


def _hash(path: Path) -> str:
    return digest(path) if path.exists() else ""
