"""dpo on a file of pairs, from end to end; what a file shares with the test part stops it."""

import json

import pytest

pytest.importorskip("trl", reason="trl is not installed")

from medassay.adaptation.generative.dpo import DirectPreference
from medassay.errors import DataError, UsageError
from medassay.images import open_image
from medassay.workflows.adapting import adapt
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.adapting.tuning import Course
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.running import run

TASK = "phantom@vqa:n=4"


def turns(question, answer):
    return [{"from": "human", "value": f"<image>\n{question}"}, {"from": "gpt", "value": f" {answer}"}]


def write_pairs(folder, split, *, number=8):
    """Questions of a split of phantom as MMedPO would publish them, the images beside."""
    samples = [s for s in resolve_benchmark(TASK, split=split).samples() if s.kind == "yes/no"]
    rows: list[dict[str, object]] = []
    for sample in samples[:number]:
        name = f"{sample.cluster}.png"
        open_image(sample.images[0]).save(folder / name)
        right = sample.target.texts[0]
        wrong = {"yes": "no", "no": "yes"}[right]
        row = {"id": sample.id, "image": name, "rejected_noised": len(rows) % 2, "weighted_score": 0.5}
        ask = f"{sample.question}\nAnswer yes or no."
        said = {"conversations": turns(ask, right), "rejected_conversations": turns(ask, wrong)}
        rows.append({**row, **said})
    (folder / "pairs.json").write_text(json.dumps(rows))
    return folder / "pairs.json"


def preferred(folder, path):
    word = f"dpo:pairs={path},steps=4,batch=4,checks=1,rate=1e-3"
    return adapt(word, model="demo-vlm-small", benchmark=TASK, out=folder / "out", store=folder / "a.db")


def test_a_file_is_what_is_learned_from(tmp_path):
    path = write_pairs(tmp_path, "train")
    held = preferred(tmp_path, path)
    data = held.training["data"]
    assert (data["benchmark"], data["licence"]) == ("pairs.json", "not stated in the file")
    assert data["train"] + data["validation"] == 8
    assert data["validation_from"].startswith("20% of the training clusters")
    assert held.training["settings"]["validation_loss_before"] == pytest.approx(0.5 * 0.6931, abs=1e-4)
    assert "pairs.json" in (tmp_path / "out" / "card.md").read_text()
    rows = json.loads(path.read_text())
    path.write_text(json.dumps([{**row, "weighted_score": 1.0} for row in rows]))
    with pytest.raises(UsageError, match="another adaptation"):
        preferred(tmp_path, path)


def test_pairs_of_the_test_part_stop_it_or_are_dropped(tmp_path):
    path = write_pairs(tmp_path, "train")
    rows = json.loads(path.read_text())
    rows[0]["id"] = next(resolve_benchmark(TASK).samples()).id
    path.write_text(json.dumps(rows))
    recipe = DirectPreference(pairs=str(path))
    with pytest.raises(DataError, match=r"1 of 16 .*--shared drop"):
        Course.open("demo-vlm-small", TASK, data=None, cut=Cut(), taught=recipe)
    held = Course.open("demo-vlm-small", TASK, data=None, cut=Cut(shared="drop"), taught=recipe)
    assert held.parts.dropped == [rows[0]["id"]]
    assert len(held.train) + len(held.validation) == 7


def test_the_form_of_thinking_is_asked_for_by_the_model_that_is_left(tmp_path):
    word = "grpo:asks=thinking,rewards=accuracy+format,tokens=12,steps=1,batch=8,checks=1,looked_at=2"
    held = adapt(word, model="demo-vlm-small", benchmark=TASK, out=tmp_path / "out", store=tmp_path / "a.db")
    again = run(model=str(tmp_path / "out"), benchmark=TASK, out=tmp_path / "run", store=tmp_path / "b.db")
    style = json.loads((tmp_path / "out" / "adapted.json").read_text())["style"]
    assert "<think>" in style["closing"]
    original, adapted = held.runs[0]
    assert original is not None
    asked = [row.response.usage.input_tokens for row in adapted.rows()]
    plain = [row.response.usage.input_tokens for row in original.rows()]
    assert [row.response.usage.input_tokens for row in again.rows()] == asked
    assert all(more > less + 20 for more, less in zip(asked, plain, strict=True))
    assert all(row.response.usage.output_tokens <= 12 for row in again.rows())
