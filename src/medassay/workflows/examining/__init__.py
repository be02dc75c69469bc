"""What is wrong with a run's folder, an adaptation's, or a store: looked at, nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medassay.errors import DataError
from medassay.models.about import ADAPTED
from medassay.workflows.examining.finding import Finding
from medassay.workflows.examining.others import examine_adaptation, examine_store
from medassay.workflows.examining.runs import examine_run
from medassay.workflows.folder import MANIFEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All findings about one path."""

    findings: Sequence[Finding]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong; notes may stand."""
        return all(finding.level != "wrong" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {"sound": self.sound, "findings": [asdict(finding) for finding in self.findings]}


def examine(path: Path) -> Examination:
    """Look at a run's folder, an adaptation's with the runs in it, a folder of runs, or a store's file.

    Raises:
        DataError: it is none of these.
    """
    if path.is_file():
        return Examination(findings=list(examine_store(path)))
    runs = sorted(manifest.parent for manifest in path.rglob(MANIFEST))
    adapted = (path / ADAPTED).exists()
    if not runs and not adapted:
        raise DataError(f"{path}: no run ({MANIFEST}), no adaptation ({ADAPTED}) and no store lies there")
    held = list(examine_adaptation(path)) if adapted else []
    return Examination(findings=[*held, *(finding for run in runs for finding in examine_run(run))])
