import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medassay.errors import DataError
from medassay.published import CHECKS, audit, read_cells, shipped
from medassay.published.granularity import chance, possible
from medassay.published.parts import parted
from medassay.workflows.auditing_published import audit_published

HEAD = "source,table,model,group,benchmark,split_or_part,metric,value,ci_low,ci_high,n"


def table(tmp_path, *lines):
    path = tmp_path / "tables.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n")
    return read_cells(path)


def of(cells, check):
    return list(CHECKS[check](cells))


def test_the_27_cells_that_cannot_be_the_whole_of_their_parts():
    found = of(shipped(), "whole outside its parts")
    by_benchmark = {
        "MedXpertQA-MM": 10,
        "OmniMedVQA": 6,
        "PathVQA": 5,
        "MMMU-H&M": 3,
        "VQA-RAD": 2,
        "SLAKE": 1,
    }
    assert Counter(finding.benchmark for finding in found) == by_benchmark
    assert all("inconsistent with being the whole of these parts" in finding.detail for finding in found)


def test_what_is_known_of_the_two_papers_is_found():
    found = {check: of(shipped(), check) for check in CHECKS}
    assert len(found["no common share of the parts"]) == 7
    assert "66 of 70 cells" in found["claim against its cells"][0].detail
    pairs = {(f.model, f.benchmark) for f in found["same results"]}
    assert ("gemini-2.5-pro, o3", "PathVQA") in pairs
    assert {f.benchmark for f in found["settings that hardly differ"]} >= {"Camelyon17", "CheXpert", "GF3300"}
    assert [(f.model, f.benchmark) for f in found["leap"]] == [("Gemma3-4B", "OmniMedVQA")]
    assert "n = 251: 7 (3 % by chance); n = 272: 0" in found["which n fits"][-1].detail
    assert not found["out of range"]


@given(k=st.integers(0, 400), n=st.integers(1, 400), decimals=st.integers(2, 4))
def test_a_rounded_share_is_always_possible_for_its_own_n(k, n, decimals):
    assert possible(round(min(k, n) / n, decimals), decimals, n)


def test_possible_shares_by_enumeration():
    printed = {f"{k / 7:.2f}" for k in range(8)}
    assert {f"{i / 100:.2f}" for i in range(101) if possible(i / 100, 2, 7)} == printed
    assert chance(2, 7) == 0.08


@given(
    share=st.floats(0, 1),
    parts=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=6),
)
def test_a_true_whole_is_never_accused(share, parts):
    from medassay.published import Cell

    def cell(model, part, value):
        value = round(value, 4)
        return Cell(
            source="s",
            table="t",
            group="",
            benchmark="b",
            metric="accuracy",
            model=str(model),
            part=part,
            value=value,
            decimals=4,
        )

    cells = [
        cell(model, part, value)
        for model, (a, b) in enumerate(parts)
        for part, value in (("reasoning", a), ("understanding", b), ("overall", share * a + (1 - share) * b))
    ]
    assert len(parted(cells)) == len(parts)
    assert not of(cells, "whole outside its parts")
    assert not of(cells, "no common share of the parts")


def test_impossible_numbers_of_ones_own(tmp_path):
    cells = table(
        tmp_path,
        "mine,T1,m,,x,test,accuracy,71.2,,,",
        "mine,T1,m,,y,test,accuracy,0.123,0.30,0.40,7",
        "mine,T1,k,,OmniMedVQA,test,accuracy,0.10,0.08,0.12,",
    )
    assert [f.check for f in audit(cells)] == [
        "out of range",
        "outside its own interval",
        "below chance",
        "no such share",
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a,b,c,d,e,f,accuracy,high,,,", r"tables\.csv:2: value should be a number, not 'high'"),
        ("a,b,c,d,e,f,accuracy,nan,,,", r"tables\.csv:2: value is nan"),
        ("a,b,c,d,e,f,accuracy,0.5,,,many", r"tables\.csv:2: n should be a number"),
    ],
)
def test_what_is_no_number_is_named(tmp_path, line, why):
    with pytest.raises(DataError, match=why):
        table(tmp_path, line)


def test_other_columns_are_refused(tmp_path):
    (tmp_path / "x.csv").write_text("model,score\na,1\n")
    with pytest.raises(DataError, match="has no column source, table"):
        read_cells(tmp_path / "x.csv")


def test_json_lists_findings_with_their_fields():
    held = json.loads(json.dumps(audit_published().to_json()))
    assert held["cells"] == 451
    assert set(held["findings"][0]) == {"check", "source", "model", "benchmark", "detail"}
