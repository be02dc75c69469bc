"""Logs that inspect itself wrote."""

import pytest

from medassay.errors import DataError
from medassay.importers import read

log = pytest.importorskip("inspect_ai.log", reason="inspect_ai absent")


@pytest.fixture
def written():
    from inspect_ai.model import ChatMessageUser, Content, ContentImage, ContentText, ModelOutput
    from inspect_ai.scorer import Score

    def sample(name, text, value, epoch=1):
        asked: list[Content] = [ContentText(text=f"Is it {name}?"), ContentImage(image=f"/images/{name}.png")]
        return log.EvalSample(
            id=name,
            epoch=epoch,
            input=[ChatMessageUser(content=asked)],
            target="yes",
            choices=["yes", "no"],
            output=ModelOutput.from_content("m", text),
            scores={"match": Score(value=value)},
        )

    failure = log.EvalError(message="out of memory", traceback="", traceback_ansi="")
    broken = log.EvalSample(id="broken", epoch=1, input="?", target="yes", error=failure)
    return log.EvalLog(
        eval=log.EvalSpec(
            created="2025-01-01T00:00:00+00:00",
            task="t",
            dataset=log.EvalDataset(name="d"),
            model="mockllm/model",
            config=log.EvalConfig(),
        ),
        samples=[
            sample("one", "Yes.", "C"),
            sample("one", "No.", "I", epoch=2),
            sample("two", "no", 0.25),
            broken,
        ],
        status="success",
        results=log.EvalResults(
            scores=[
                log.EvalScore(
                    name="match",
                    scorer="match",
                    metrics={
                        "accuracy": log.EvalMetric(name="accuracy", value=0.5),
                        "stderr": log.EvalMetric(name="stderr", value=0.1),
                    },
                )
            ]
        ),
    )


@pytest.mark.parametrize("name", ["a.eval", "a.json"])
def test_both_forms_hold_the_same(name, written, tmp_path):
    log.write_eval_log(written, str(tmp_path / name))
    held = read(tmp_path / name)
    assert (held.format, held.model, held.claimed) == ("inspect", "mockllm/model", {"match/accuracy": 0.5})
    answers = {answer.id: answer for answer in held.answers}
    assert set(answers) == {"one", "two", "broken"}
    assert answers["one"].response.text == "Yes."
    assert answers["one"].question == "Is it one?"
    assert answers["one"].image == "/images/one.png"
    assert answers["one"].options == {"A": "yes", "B": "no"}
    assert (answers["one"].claimed, answers["two"].claimed) == ({"match": 1.0}, {"match": 0.25})
    assert answers["broken"].response.error == "inspect: out of memory"
    assert "1 answers of later epochs are left out: the first is read" in held.notes


def test_a_damaged_log_is_one_clear_line(written, tmp_path):
    path = tmp_path / "a.eval"
    log.write_eval_log(written, str(path))
    content = bytearray(path.read_bytes())
    place = content.index(b"samples/one_epoch_1.json") + len("samples/one_epoch_1.json") + 40
    content[place : place + 20] = b"\x00" * 20
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        read(path)
