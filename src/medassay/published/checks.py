"""All checks on published tables, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from medassay.published import claims, granularity, parts, plausibility, repeats
from medassay.published.cells import Finding, Table

CHECKS: Mapping[str, Callable[[Table], Iterator[Finding]]] = {
    "whole outside its parts": parts.whole_outside_its_parts,
    "no common share of the parts": parts.no_common_share,
    "claim against its cells": claims.claims_against_cells,
    "same results": repeats.same_results,
    "settings that hardly differ": repeats.settings_that_hardly_differ,
    "out of range": plausibility.out_of_range,
    "below chance": plausibility.below_chance,
    "leap": plausibility.leaps,
    "sources disagree": plausibility.sources_disagree,
    "no such share": granularity.no_such_share,
    "which n fits": granularity.likely_denominators,
}
"""The checks by name."""


def audit(table: Table) -> list[Finding]:
    """Everything that the checks find in the cells."""
    return [finding for check in CHECKS.values() for finding in check(table)]
