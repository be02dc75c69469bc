"""The plan of a study: all that is decided before the locked part is looked at, as a YAML file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medassay.benchmarks.described.pieces import Piece, read_pieces
from medassay.errors import DataError
from medassay.statistics.operating import Rule

SCHEMA = "1"
Measure = Literal["auroc", "sensitivity", "specificity"]
MEASURES: tuple[Measure, ...] = ("auroc", "sensitivity", "specificity")
Claim = Literal["at least", "non-inferior", "superior", "equivalent"]
_CLAIMS: dict[str, Claim] = {
    "at_least": "at least",
    "non_inferior_by": "non-inferior",
    "superior_by": "superior",
    "equivalent_within": "equivalent",
}
_NEEDED = {
    "kind": "begin the file with `kind: study`",
    "schema": f"write `schema: {SCHEMA}` below `kind: study`",
    "title": "say what is studied",
    "intended_use": "say who is to use the model, on whom, and for which decision",
    "population": "say on whom: where the patients come from, and who is left out",
    "reference_standard": "say how it is known what is true",
    "benchmark": "name it: `benchmark: pneumoniamnist`",
    "target": "name the class that counts as positive",
    "index_test": "name it: `index_test: {model: probe, threshold: {rule: sensitivity, at_least: 0.9}}`",
    "prevalence": "state it with its source: `prevalence: {value: 0.04, why: ...}`",
    "primary": "name the endpoint: `primary: {measure: auroc, at_least: 0.8, why: ...}`",
    "sample_size": "state it: `sample_size: {rows: 300, why: ...}`",
    "limits": "list what this study does not show",
    "signatures": "list the roles that sign",
}
KEYS = (*_NEEDED, "where", "comparator", "readers", "secondary", "subgroups", "handling", "parts")
_RULES = ("sensitivity", "specificity", "youden", "cost", "fixed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A model with the way it is asked and the rule that turns its probabilities into calls."""

    __test__ = False  # the word is STARD's, and pytest's

    model: str
    solver: str
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What is claimed of one measure: that it is at least `value`, or how it stands to the comparator.

    For the claims beside "at least", `value` is the margin: positive, in the units of the measure.
    """

    measure: Measure
    claim: Claim
    value: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a file `kind: study` says.

    `where` are tags that a row must have to belong to the study; `readers` is a CSV file of what human
    readers said, beside the plan.
    """

    title: str
    intended_use: str
    population: str
    reference_standard: str
    benchmark: str
    where: Mapping[str, str]
    target: str
    index_test: Test
    comparator: Test | None
    readers: str | None
    prevalence: float
    prevalence_from: str
    primary: Endpoint
    secondary: Sequence[Measure]
    subgroups: Sequence[str]
    indeterminate: Literal["wrong", "apart"]
    chosen_on: str
    tested_on: str
    rows: int
    rows_why: str
    limits: Sequence[str]
    signatures: Sequence[str]

    @property
    def tests(self) -> dict[str, Test]:
        """The index test, and the comparator where there is one, by their roles."""
        return {"index": self.index_test, **({"comparator": self.comparator} if self.comparator else {})}


def read_plan(path: Path) -> Plan:
    """What a file `kind: study` says.

    Raises:
        DataError: it is missing, or has a mistake; names the line and what to write instead.
    """
    held = read_pieces(path, example="docs/study.md shows one").entries(KEYS)
    for key, example in _NEEDED.items():
        if key not in held:
            raise DataError(f"{path}: the key {key!r} is missing: {example}")
    held["kind"].one_of(("study",))
    held["schema"].one_of((SCHEMA,))
    index = _test(held["index_test"])
    comparator = _test(held["comparator"], index.rule) if "comparator" in held else None
    prevalence = _mapping(held["prevalence"], ("value", "why"))
    size = _mapping(held["sample_size"], ("rows", "why"))
    parts = held["parts"].entries(("choose", "test")) if "parts" in held else {}
    handling = held["handling"].entries(("indeterminate",)) if "handling" in held else {}
    return Plan(
        title=held["title"].text(),
        intended_use=held["intended_use"].text(),
        population=held["population"].text(),
        reference_standard=held["reference_standard"].text(),
        benchmark=held["benchmark"].text(),
        where={k: v.text() for k, v in held["where"].entries().items()} if "where" in held else {},
        target=held["target"].text(),
        index_test=index,
        comparator=comparator,
        readers=held["readers"].text() if "readers" in held else None,
        prevalence=_number(prevalence["value"], 0, 1),
        prevalence_from=prevalence["why"].text(),
        primary=_endpoint(held["primary"], compared=comparator is not None),
        secondary=_measures(held["secondary"]) if "secondary" in held else (),
        subgroups=held["subgroups"].texts() if "subgroups" in held else (),
        indeterminate="apart"
        if handling and handling["indeterminate"].one_of(("wrong", "apart")) == "apart"
        else "wrong",
        chosen_on=parts["choose"].text() if "choose" in parts else "validation",
        tested_on=parts["test"].text() if "test" in parts else "test",
        rows=int(_number(size["rows"], 1, 1e9)),
        rows_why=size["why"].text(),
        limits=held["limits"].texts(),
        signatures=held["signatures"].texts(),
    )


def _test(piece: Piece, rule: Rule | None = None) -> Test:
    held = piece.entries(("model", "solver", "threshold"))
    if "model" not in held:
        raise piece.fail("name its model: `model: FOLDER` or a card's name")
    if "threshold" not in held and rule is None:
        raise piece.fail("state its threshold's rule: `threshold: {rule: youden}`")
    return Test(
        model=held["model"].text(),
        solver=held["solver"].text() if "solver" in held else "direct",
        rule=_rule(held["threshold"]) if "threshold" in held or rule is None else rule,
    )


def _rule(piece: Piece) -> Rule:
    """`{rule: sensitivity, at_least: 0.9}`, `{rule: cost, false_negative: 5, false_positive: 1}`, ..."""
    held = piece.entries(("rule", "at_least", "value", "false_negative", "false_positive"))
    if "rule" not in held:
        raise piece.fail("name the rule: `rule: youden`")
    name = held["rule"].one_of(_RULES)
    needed = {"sensitivity": ("at_least",), "specificity": ("at_least",), "fixed": ("value",)}.get(
        name, ("false_negative", "false_positive") if name == "cost" else ()
    )
    if set(held) != {"rule", *needed}:
        raise piece.fail(f"the rule {name} takes {' and '.join(needed) or 'nothing else'}")
    numbers = [_number(held[key], 0, 1e9 if name == "cost" else 1) for key in needed]
    return Rule(
        name=name,  # type: ignore[arg-type]  # one_of has held it against the names
        value=numbers[0] if len(numbers) == 1 else None,
        costs=(numbers[0], numbers[1]) if len(numbers) == 2 else None,
    )


def _endpoint(piece: Piece, *, compared: bool) -> Endpoint:
    held = piece.entries(("measure", "why", *_CLAIMS))
    stated = [name for name in _CLAIMS if name in held]
    if len(stated) != 1:
        raise piece.fail(f"state one of {', '.join(_CLAIMS)}")
    if "measure" not in held or "why" not in held:
        raise piece.fail("name the measure, and say why this bar: `measure: auroc`, `why: ...`")
    claim = _CLAIMS[stated[0]]
    if claim != "at least" and not compared:
        raise held[stated[0]].fail(
            "this is a claim against a comparator: name one, `comparator: {model: ...}`"
        )
    return Endpoint(
        measure=_measure(held["measure"]),
        claim=claim,
        value=_number(held[stated[0]], 0, 1),
        why=held["why"].text(),
    )


def _measures(piece: Piece) -> tuple[Measure, ...]:
    return tuple(_measure(each) for each in piece.members())


def _measure(piece: Piece) -> Measure:
    word = piece.one_of(MEASURES)
    return next(name for name in MEASURES if name == word)


def _mapping(piece: Piece, keys: Collection[str]) -> dict[str, Piece]:
    held = piece.entries(keys)
    if lacking := [key for key in keys if key not in held]:
        raise piece.fail(f"state {' and '.join(lacking)} too")
    return held


def _number(piece: Piece, low: float, high: float) -> float:
    try:
        value = float(piece.text())
    except ValueError as error:
        raise piece.fail(f"{piece.text()!r} should be a number") from error
    if not low <= value <= high:
        raise piece.fail(f"{value:g} should lie between {low:g} and {high:g}")
    return value
