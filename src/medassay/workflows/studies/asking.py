"""`study new`: the questions a plan answers, and the file that is written of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medassay.errors import DataError, UsageError
from medassay.reporting.files import write_text
from medassay.workflows.studies.plan import SCHEMA, read_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked; `key` is the place in the plan ("primary.measure"), `default` what most would answer."""

    key: str
    text: str
    default: str = ""


QUESTIONS = (
    Question(key="title", text="What is studied"),
    Question(key="intended_use", text="Intended use: who uses the model, on whom, for which decision"),
    Question(key="population", text="Population: where the patients come from, who is left out"),
    Question(key="reference_standard", text="Reference standard: how it is known what is true"),
    Question(key="benchmark", text="Benchmark (name@variant:option=value, or a file)"),
    Question(key="target", text="Which class counts as positive"),
    Question(key="index_test.model", text="Model (a card, a folder, an address)"),
    Question(key="index_test.solver", text="Way of asking", default="direct"),
    Question(
        key="index_test.threshold.rule",
        text="Rule of the threshold (youden, sensitivity, specificity)",
        default="youden",
    ),
    Question(
        key="index_test.threshold.at_least",
        text="At least (for sensitivity or specificity; - for none)",
        default="-",
    ),
    Question(key="prevalence.value", text="Prevalence where it is used, 0 to 1"),
    Question(key="prevalence.why", text="Where that figure comes from"),
    Question(
        key="primary.measure", text="Primary measure (auroc, sensitivity, specificity)", default="auroc"
    ),
    Question(key="primary.at_least", text="It must be at least"),
    Question(key="primary.why", text="Why this bar"),
    Question(key="sample_size.rows", text="Rows planned (see medassay plan)"),
    Question(key="sample_size.why", text="Why so many"),
    Question(key="parts.choose", text="Part to choose the threshold on", default="validation"),
    Question(key="parts.test", text="Part to lock", default="test"),
    Question(key="limits", text="What the study does not show"),
    Question(key="signatures", text="Who signs (a role)", default="Principal investigator"),
)
_LISTS = frozenset({"limits", "signatures"})
_NONE = "-"


def write_plan(path: Path, answers: Mapping[str, str]) -> Path:
    """Write the answers, by the key of their question, as a plan that can be read.

    Raises:
        UsageError: the file exists.
        DataError: an answer cannot stand; the file is there to be mended.
        StoreError: it cannot be written.
    """
    import yaml

    held: dict[str, Any] = {"kind": "study", "schema": SCHEMA}
    for key, answer in answers.items():
        if answer == _NONE:
            continue
        *above, last = key.split(".")
        place = held
        for name in above:
            place = place.setdefault(name, {})
        place[last] = [answer] if key in _LISTS else answer
    _write(path, yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=100))
    try:
        read_plan(path)
    except DataError as error:
        raise DataError(f"{error} ({path} holds your answers: mend it there)") from error
    return path


def write_example(path: Path) -> Path:
    """Write the plan of the documentation's example.

    Raises:
        UsageError: the file exists.
        StoreError: it cannot be written.
    """
    return _write(path, (Path(__file__).parent / "example.yaml").read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> Path:
    if path.exists():
        raise UsageError(f"{path} exists: name another file, or take it away")
    return write_text(path, text)
