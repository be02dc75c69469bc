"""The question with another patient's image: what does not need the right picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from medassay.errors import DataError
from medassay.solvers.context import Context
from medassay.solvers.messages import pictured
from medassay.types import Case, Image, Request, Solver, Turns


@dataclass(frozen=True, kw_only=True)
class Mismatched:
    """Ask once, with the images of another sample: another patient's, with another answer if there is one."""

    def begin(self, context: Context) -> Solver:
        """The solver for a run.

        Raises:
            UsageError: no sample has an image of another patient.
        """
        return partial(_mismatched, context.strangers())


def _mismatched(strangers: Mapping[str, tuple[Image, ...]], case: Case, request: Request) -> Turns:
    if case.images and case.id not in strangers:
        raise DataError(f"{case.id}: no other patient has images to show in place of its own")
    instead = dict(zip(case.images, strangers.get(case.id, ()), strict=True))
    [response] = yield [pictured(request, lambda image: (instead[image],))]
    return response
