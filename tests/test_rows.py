import json
from dataclasses import replace
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medassay import codec, rows
from medassay.errors import DataError, StoreError
from medassay.rows import RowFile, read_rows, write_rows
from medassay.types import (
    Box,
    Choice,
    Image,
    Kind,
    Op,
    Response,
    Row,
    Sample,
    Score,
    Status,
    Step,
    Target,
    Usage,
)

text = st.text(st.characters(exclude_categories=()), max_size=20)  # lone surrogates too
number = st.floats(allow_nan=False)
names = st.dictionaries(text, text, max_size=3)
usage = st.builds(Usage, input_tokens=st.integers(0, 10**6), euros=st.none() | number)
ops = st.builds(Op, name=text, seed=st.integers(), parameters=st.tuples(st.tuples(text, number | text)))
images = st.builds(Image, uri=text, digest=st.none() | text, ops=st.tuples() | st.tuples(ops))
choices = st.builds(Choice, label=text, texts=st.tuples(text))
targets = st.builds(
    Target,
    texts=st.tuples(text, text),
    boxes=st.tuples(st.builds(Box, x0=number, y0=number, x1=number, y1=number, label=text)),
    number=st.none() | number,
)
samples = st.builds(
    Sample,
    id=text,
    kind=st.sampled_from(get_args(Kind)),
    question=text,
    images=st.tuples() | st.tuples(images),
    choices=st.tuples() | st.tuples(choices, choices),
    cluster=text,
    tags=names,
    target=targets,
    group=st.none() | text,
)
responses = st.builds(
    Response,
    text=text,
    thinking=text,
    probs=st.none() | st.tuples(number, number),
    error=st.none() | text,
    usage=usage,
    seconds=number,
    trace=st.tuples() | st.tuples(st.builds(Step, role=text, request_key=text, text=text, usage=usage)),
)
scores = st.builds(
    Score,
    status=st.sampled_from(get_args(Status)),
    answer=st.none() | text,
    rule=text,
    span=st.none() | st.tuples(st.integers(0), st.integers(0)),
    flags=st.tuples() | st.tuples(text),
    values=st.dictionaries(text, number, max_size=2),
)
any_rows = st.builds(Row, sample=samples, response=responses, score=scores)

ROW = Row(
    sample=Sample(
        id="1", kind="yes/no", question="Effusion?", target=Target(texts=("yes",)), tags={"sex": "f"}
    ),
    response=Response(text="Yes.", seconds=0.5),
    score=Score(status="scored", answer="yes", rule="first word", values={"accuracy": 1.0}),
)


@settings(max_examples=60, deadline=None)
@given(held=st.lists(any_rows, max_size=4))
def test_rows_come_back_as_they_went(held, tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    assert write_rows(path, iter(held)) == len(held)
    assert list(read_rows(path)) == held


@given(response=responses)
def test_a_response_survives_json(response):
    data = codec.dumps(codec.plain(response)).encode()
    assert codec.restore(Response, json.loads(data)) == response


def test_what_people_filter_on_stands_in_plain_columns(tmp_path):
    wrong = replace(ROW, score=replace(ROW.score, values={"accuracy": 0.0}))
    write_rows(tmp_path / "rows.parquet", [ROW, wrong])
    table = pq.read_table(
        tmp_path / "rows.parquet", columns=["id", "status", "answer", "text", "values", "tags"]
    )
    assert table.to_pylist(maps_as_pydicts="strict")[1] == {
        "id": "1",
        "status": "scored",
        "answer": "yes",
        "text": "Yes.",
        "values": {"accuracy": 0.0},
        "tags": {"sex": "f"},
    }


def test_rows_stream_in_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "GROUP_ROWS", 10)
    write_rows(
        tmp_path / "rows.parquet", (replace(ROW, sample=replace(ROW.sample, id=str(i))) for i in range(25))
    )
    with pq.ParquetFile(tmp_path / "rows.parquet") as file:
        assert file.metadata.num_row_groups == 3
    assert [row.sample.id for row in read_rows(tmp_path / "rows.parquet", batch=7)] == [
        str(i) for i in range(25)
    ]


def test_a_file_that_was_not_finished_is_not_there(tmp_path):
    path = tmp_path / "rows.parquet"
    write_rows(path, [ROW])

    def interrupted():
        yield ROW
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rows(path, interrupted())
    assert list(tmp_path.iterdir()) == [path]
    assert list(read_rows(path)) == [ROW]


@pytest.mark.parametrize("keep", [0, 3, 200, -1])
def test_a_file_cut_short_is_named(tmp_path, keep):
    path = tmp_path / "rows.parquet"
    write_rows(path, [ROW] * 50)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"rows\.parquet: not a whole file of rows .*run again"):
        list(read_rows(path))


def test_a_file_that_is_not_there_or_not_ours_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.parquet: .*no such file"):
        list(read_rows(tmp_path / "nowhere.parquet"))
    pq.write_table(pa.table({"id": [1]}), tmp_path / "other.parquet")
    with pytest.raises(DataError, match=r"other\.parquet: rows of version none"):
        list(read_rows(tmp_path / "other.parquet"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"rows\.parquet: cannot be written"):
        write_rows(tmp_path / "nowhere" / "rows.parquet", [ROW])


def test_rows_by_their_place_are_those_read_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "GROUP_ROWS", 7)
    sample = Sample(id="x", kind="open", question="?", target=Target(), tags={"n": "1"})
    held = [
        Row(
            sample=replace(sample, id=f"row-{n}"),
            response=Response(text=str(n)),
            score=Score(status="scored"),
        )
        for n in range(40)
    ]
    write_rows(tmp_path / "rows.parquet", held)
    file = RowFile(tmp_path / "rows.parquet")
    for place in (39, 0, 6, 7, 8, 20, 21):
        assert file.row(place) == held[place]
    for place in (40, -1):
        with pytest.raises(IndexError, match="40 rows"):
            file.row(place)
    assert file.columns(["id", "text"]).to_pylist()[3] == {"id": "row-3", "text": "3"}
    (tmp_path / "rows.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="not a whole file"):
        RowFile(tmp_path / "rows.parquet").row(0)
