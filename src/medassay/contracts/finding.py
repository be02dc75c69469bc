"""The outcome of one check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`check` is the sentence that should be true; `detail` says where it is not, or how far it is."""

    check: str
    ok: bool
    detail: str = ""


def examine(check: str, problems: Iterable[str], *, measured: Sequence[str] = ()) -> Finding:
    """Run a check, a generator of the problems it finds; the first few are shown, the others counted.

    `measured` is what the check writes down while it runs, shown first, also where there is no problem.
    """
    try:
        held = list(problems)
    except Exception as error:  # noqa: BLE001  the code under test may fail in any way, and that is a finding
        held = [f"{type(error).__name__}: {error}"]
    more = [f"and {len(held) - _SHOWN} more"] if len(held) > _SHOWN else []
    return Finding(check=check, ok=not held, detail="; ".join([*measured, *held[:_SHOWN], *more]))
