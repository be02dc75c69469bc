import json

import pytest

import medassay
from medassay.contracts import gold_answer
from medassay.errors import DataError
from medassay.workflows.resolve import resolve_benchmark

SMALL = "phantom@vqa:n=12"


@pytest.fixture
def answers():
    return [{"id": s.id, "response": gold_answer(s)} for s in resolve_benchmark(SMALL).samples()]


def write(path, lines):
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_gold_answers_score_one(answers, tmp_path):
    result = medassay.score(benchmark=SMALL, predictions=write(tmp_path / "gold.jsonl", answers))
    assert result.estimates[0].value == 1
    assert result.complete
    assert result.path is None
    assert result.manifest["predictions"]["matched"] == len(answers) == result.manifest["n"]


def test_what_is_missing_is_failed_and_what_is_foreign_is_counted(answers, tmp_path):
    lines = [*answers[3:], {"id": "nobody's", "response": "yes"}]
    result = medassay.score(
        benchmark=SMALL, predictions=write(tmp_path / "part.jsonl", lines), out=tmp_path / "run"
    )
    assert not result.complete
    joined = result.manifest["predictions"]
    assert (joined["missing"], joined["foreign"]) == (3, 1)
    assert joined["examples"]["foreign"] == ["nobody's"]
    assert result.estimates[0].best == 1
    assert result.estimates[0].worst == pytest.approx(1 - 3 / len(answers))
    assert (tmp_path / "run" / "report.html").exists()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", r"answers\.jsonl:2: not JSON"),
        ({"id": "x"}, r"answers\.jsonl:2: needs an object with id and response"),
        ({"id": "a", "response": "no"}, r"answers\.jsonl:2: the id 'a' was given before"),
        ({"id": "x", "response": "no", "probs": ["high"]}, r"answers\.jsonl:2: probs should be"),
    ],
)
def test_a_bad_line_is_named(line, why, tmp_path):
    path = write(tmp_path / "answers.jsonl", [{"id": "a", "response": "yes"}, line])
    with pytest.raises(DataError, match=why):
        medassay.score(benchmark=SMALL, predictions=path)


def test_no_match_at_all_shows_what_ids_look_like(tmp_path):
    path = write(tmp_path / "answers.jsonl", [{"id": "17", "response": "yes"}])
    with pytest.raises(DataError, match=r"phantom@vqa has ids like 'phantom-.*', the file has '17'"):
        medassay.score(benchmark=SMALL, predictions=path)
