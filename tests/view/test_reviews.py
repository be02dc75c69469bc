import csv
import io
import json
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from medassay.benchmarks.errata import parse
from medassay.errors import DataError, StoreError
from medassay.view.agreeing import SCORER, agreement
from medassay.view.index import index
from medassay.view.reviews import FILE, Review, add, errata, latest, read, table
from medassay.workflows.viewing import Shelf


def _review(n, **fields):
    return Review(**{"id": f"item-{n}", "reviewer": "Ada", "verdict": "right", **fields})


def _many(folder, reviewer):
    for n in range(60):
        add(folder, _review(n, reviewer=reviewer, note="é\n" * n))


def test_reviewers_at_once_lose_nothing(tmp_path):
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(_many, [tmp_path] * 3, "ABC"))
    held = read(tmp_path)
    assert {(one.id, one.reviewer) for one in held} == {
        (f"item-{n}", who) for n in range(60) for who in "ABC"
    }
    assert len(held) == 180


def test_the_last_word_of_a_reviewer_holds_and_the_first_stays_in_the_file(tmp_path):
    for verdict in ("right", "wrong"):
        add(tmp_path, _review(1, verdict=verdict))
    add(tmp_path, _review(1, reviewer="Bea", verdict="unsure"))
    assert [one.verdict for one in latest(read(tmp_path))] == ["wrong", "unsure"]
    assert len((tmp_path / FILE).read_text().splitlines()) == 3


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    add(tmp_path, _review(1))
    before = (tmp_path / FILE).read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("medassay.files.durable.os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        add(tmp_path, _review(2))
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize(
    "fields", [{"verdict": "maybe"}, {"reviewer": " "}, {"id": ""}, {"note": "x" * 4001}, {"key": "x" * 4001}]
)
def test_what_is_no_review_is_refused(fields):
    with pytest.raises(DataError):
        _review(1, **fields)


def test_a_damaged_line_is_named(tmp_path):
    add(tmp_path, _review(1))
    with (tmp_path / FILE).open("a") as file:
        file.write('{"id": "item-2"')
    with pytest.raises(DataError, match="line 2"):
        read(tmp_path)


def test_the_table_is_read_back_and_starts_no_formula():
    written = table([("abc", "=model", _review(1, note='=HYPERLINK("x"), "quoted"\nline'))])
    [line] = csv.DictReader(io.StringIO(written))
    assert (line["run"], line["model"], line["id"]) == ("abc", "'=model", "item-1")
    assert line["note"] == '\'=HYPERLINK("x"), "quoted"\nline'


def test_bad_questions_are_offered_as_an_overlay_that_is_read(runs):
    run = next(iter(Shelf([runs])().values()))
    assert run.rows is not None
    row = run.rows.row
    text = errata(
        "everything",
        [
            ("one", _review(0, verdict="bad question", note="both sides", key="B"), row(0)),
            ("two", _review(0, verdict="bad question", note="both: sides", key="B", reviewer="Bea"), row(0)),
            ("one", _review(1, verdict="bad question", key="A"), row(1)),
            ("two", _review(1, verdict="bad question", reviewer="Bea", note="cannot be seen"), row(1)),
            ("one", _review(2, verdict="wrong"), row(2)),
        ],
    )
    held = parse(text, "reviewed")
    first, second = held.corrections
    assert (first.published, first.corrected, first.who) == (("A",), ("B",), "Ada, Bea")
    assert first.why == "both sides; both: sides"
    assert second.corrected is None
    assert held.of(row(0).sample) is first


def test_agreement_is_that_of_sklearn_and_the_scorer_calls_what_it_cannot_read_wrong(runs):
    run = next(iter(Shelf([runs])().values()))
    table, rng = index(run), np.random.default_rng(0)
    truth = [int(one == 1) for one in table["right"]]
    said = {
        name: [one if rng.random() > share else 1 - one for one in truth]
        for name, share in (("Ada", 0.1), ("Bea", 0.3))
    }
    words = ("wrong", "right")
    reviews = [
        _review(0, id=table["id"][n], reviewer=name, verdict=words[v])
        for name, held in said.items()
        for n, v in enumerate(held)
    ]
    reviews += [_review(0, reviewer="Cay", verdict="unsure")]
    found = {(one["first"], one["second"]): one for one in agreement(run, reviews)}
    assert set(found) == {(SCORER, "Ada"), (SCORER, "Bea"), ("Ada", "Bea")}
    for (first, second), one in found.items():
        sides = {**said, SCORER: truth}
        assert one["kappa"]["value"] == pytest.approx(cohen_kappa_score(sides[first], sides[second]))
        assert one["n"] == len(truth)
        assert one["kappa"]["low"] < one["kappa"]["value"] < one["kappa"]["high"]
    json.dumps(list(found.values()), allow_nan=False)


def test_a_lock_that_is_held_is_waited_for(tmp_path):
    from filelock import FileLock

    with FileLock(tmp_path / ".reviews.lock"):
        waiting = threading.Thread(target=add, args=(tmp_path, _review(1)))
        waiting.start()
        waiting.join(0.3)
        assert not read(tmp_path)
    waiting.join(10)
    assert len(read(tmp_path)) == 1
