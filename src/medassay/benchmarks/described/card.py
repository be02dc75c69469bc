"""The card of a described dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medassay.benchmarks.described.description import Description
from medassay.benchmarks.described.header import from_header
from medassay.benchmarks.described.loading import load, splits_of
from medassay.benchmarks.described.tasks import TASKS
from medassay.benchmarks.described.words import from_yaml
from medassay.metrics import score
from medassay.types import UNKNOWN_CLUSTER, Benchmark, Measure, Sample, Where

_NOTES = "Described in {path}. Its files are read where they lie. {leave} {cluster}"
_LOCAL = "Local only: nothing of it is sent to another machine unless --permit says so."
_FREE = "`may leave: yes`: it may be sent to other machines."
_PATIENTS = "Rows of one patient are resampled together."
_ALONE = (
    "No column names the patient: rows are taken for independent; intervals are optimistic if they are not."
)


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads what a description says."""

    described: Description

    def load(self, where: Where) -> Iterator[Sample]:
        """Stream the samples of a split; see `loading.load`."""
        return load(self.described, where)


def describe(path: Path) -> Description:
    """What a file says: a YAML file, or the header of a table.

    Raises:
        DataError: a mistake, with its line and what to write instead.
    """
    return from_yaml(path) if path.suffix.lower() in {".yaml", ".yml"} else from_header(path)


def read(path: Path) -> Benchmark:
    """The benchmark that a YAML file describes, or a table by its header.

    Raises:
        DataError: a mistake in the file, with its line and what to write instead.
    """
    return card_of(describe(path.expanduser()))


def card_of(described: Description) -> Benchmark:
    """The card, as of any other benchmark. Data is local only unless the description says otherwise."""
    task, roles = TASKS[described.task], described.roles
    by = (*(("kind",) if roles.kind else ()), *roles.tags)
    return Benchmark(
        name=described.name,
        version=described.version,
        title=described.title or described.name,
        task=task.title,
        modality=described.modality,
        source=f"file:{described.path.name}",  # reports show it: no folders of the user's machine
        revision=described.sha256,
        licence=described.licence,
        access="open" if described.may_leave else "credentialed",
        citation=described.citation,
        primary=task.metrics[0],
        measures=tuple(Measure(metric=name, by=by if i == 0 else ()) for i, name in enumerate(task.metrics)),
        load=Loader(described).load,
        prompt=task.prompt,
        scorer=score,
        cluster="patient" if roles.patient else UNKNOWN_CLUSTER,
        verified="real file",
        kinds=task.kinds if roles.kind else task.kinds[:1],
        splits=splits_of(described),
        may_leave=described.may_leave,
        notes=_NOTES.format(
            path=described.path.name,
            leave=_FREE if described.may_leave else _LOCAL,
            cluster=_PATIENTS if roles.patient else _ALONE,
        ),
    )
