import json

import pyarrow as pa

from medassay.reporting.record import deciding_value, is_wrong
from medassay.rows import read_rows
from medassay.view.index import found, index, verdicts
from medassay.workflows.viewing import MARKS, Shelf


def test_the_columns_say_what_each_row_says(runs):
    for run in Shelf([runs])().values():
        table, rows = index(run), list(read_rows(run.path / "rows.parquet"))
        json.dumps(table, allow_nan=False)
        assert table["id"] == [row.sample.id for row in rows]
        for place, row in enumerate(rows):
            key = deciding_value(row) if row.score.status == "scored" else None
            assert table["right"][place] == (-1 if key is None else int(not is_wrong(row))), row.sample.id
            for name, held in table["tags"].items():
                code = held["codes"][place]
                assert (held["values"][code] if code >= 0 else None) == row.sample.tags.get(name)


def test_the_first_of_the_marks_decides_and_a_measurement_is_right_without_error():
    values = [
        {"token_f1": 1.0, "accuracy": 0.0},
        {"token_f1": 0.5},
        {"absolute_error": 0.0},
        {"absolute_error": 2.0},
        {},
        {"accuracy": 1.0},
    ]
    held = pa.array([list(one.items()) for one in values], pa.map_(pa.string(), pa.float64()))
    status = ["scored"] * 5 + ["unparsed"]
    table = pa.table({"values": held, "status": status})
    value, right = verdicts(table.slice(0), MARKS)
    assert right.tolist() == [0, 0, 1, 0, -1, -1]
    assert value[:4].tolist() == [0.0, 0.5, 0.0, 2.0]
    assert verdicts(table.slice(2, 2), MARKS)[1].tolist() == [1, 0]


def test_a_text_is_found_in_ids_questions_and_whole_answers_whatever_its_case(runs):
    run = next(iter(Shelf([runs])().values()))
    ids = index(run)["id"]
    assert [ids[place] for place in found(run, "FINDING 7?")] == ["item-7"]
    assert {ids[place] for place in found(run, "longlonglong")} == {"hostile", "lost"}
    assert found(run, "%.*") == []
