"""Real answers from elsewhere, judged again: what was published beside what we find."""

import csv
import json
from collections import Counter
from dataclasses import replace

import pytest

import medassay
from medassay.benchmarks.shared.options import by_letter
from medassay.contracts import gold_answer
from medassay.errors import DataError, UsageError
from medassay.importers import read
from medassay.types import Sample
from medassay.workflows.resolve import find_benchmark, resolve_benchmark
from medassay.workflows.scoring import answers, score_each

SMALL = "phantom@vqa:n=12"
COUNTS = {"brazil": 89, "israel": 186, "japan": 168, "spain": 125}


def worldmedqa(path):
    """The benchmark as the file's own columns hold it: the tables with images are not here."""

    def load(where):
        met = Counter[str]()
        for held in read(path).answers:
            met[held.id] += 1
            choices, target = by_letter(held.options, held.gold, held.where)
            again = f"-{met[held.id]}" if met[held.id] > 1 else ""
            yield Sample(
                id=f"worldmedqa-v-{held.id}{again}",
                kind="choice",
                question=held.question,
                target=target,
                choices=choices,
                tags={"country": "", "language": ""},
            )

    return replace(find_benchmark("worldmedqa-v"), load=load, source="generated", detect=None)


def test_all_published_worldmedqa_answers(shared_data):
    pytest.importorskip("openpyxl", reason="openpyxl absent")
    folder = shared_data / "worldmedqa_v" / "outputs_w_images"
    paths = sorted(folder.rglob("*.xlsx"))
    assert len(paths) == 24
    rows = agree = failed = 0
    for path in paths:
        run = medassay.score(benchmark=worldmedqa(path), predictions=path)
        told = run.manifest["predictions"]
        count = next(n for country, n in COUNTS.items() if country in path.name)
        assert told["matched"] == told["answers"] == run.manifest["n"] == count
        assert told["missing"] == told["foreign"] == told["ambiguous"] == 0
        assert told["differs"] == {}
        (claim,) = told["claimed"]
        assert claim["claimed"] == pytest.approx(claim["of_its_rows"], abs=1e-12), path.name
        hit = told["claimed_of_rows"]["hit"]
        right = hit["mean"] * count + hit["only_we"] - hit["only_they"]  # no failed row has a hit
        assert claim["recomputed"] == pytest.approx(right / (count - hit["failed"])), path.name
        assert run.manifest["counts"].get("failed", 0) == hit["failed"]
        rows, agree, failed = rows + count, agree + hit["agree"], failed + hit["failed"]
    assert rows == 3 * 2 * sum(COUNTS.values())
    assert failed == 17  # published as wrong: Gemini was not reached
    assert agree / (rows - failed) > 0.97


def test_the_question_that_shares_an_index_keeps_its_own_answer(shared_data):
    pytest.importorskip("openpyxl", reason="openpyxl absent")
    path = next((shared_data / "worldmedqa_v").rglob("GPT4o_israel_english*.xlsx"))
    held = answers(benchmark=worldmedqa(path), predictions=path)
    given = {answer.question: answer.response.text for answer in read(path).answers}
    for sample, response in held.pairs():
        assert response.text == given[sample.question]


@pytest.fixture
def vqa_rad(shared_data, tmp_path):
    """The questions of VQA-RAD without their images, and gold answers as VLMEvalKit would write them."""
    (tmp_path / "data").mkdir()
    rows = json.loads((shared_data / "vqa_rad" / "testset.json").read_text())
    (tmp_path / "data" / "testset.json").write_text(json.dumps(rows))
    path = tmp_path / "model_VQA_RAD.tsv"
    with path.open("w", newline="") as file:
        out = csv.writer(file, delimiter="\t")
        out.writerow(["index", "question", "answer", "prediction", "image_path"])
        for number, row in enumerate(rows):
            out.writerow([number, row["question"], row["answer"], row["answer"], row["image_name"]])
    return tmp_path / "data", path


def test_vqa_rad_from_a_table_needs_no_images(vqa_rad):
    data, path = vqa_rad
    run = medassay.score(benchmark="vqa-rad@mevf", data=data, predictions=path)
    told = run.manifest["predictions"]
    assert told["matched"] == run.manifest["n"] == 451
    assert told["foreign"] == told["missing"] == 0
    assert run.estimates[0].value == 1
    with pytest.raises(DataError, match="no images"):
        next(resolve_benchmark("vqa-rad@mevf", data=data).samples())


def test_failure_strings_are_failed_rows_and_an_incomplete_result(vqa_rad):
    data, path = vqa_rad
    lines = path.read_text().splitlines()
    cells = lines[1].split("\t")
    cells[3] = "Failed to obtain answer via API."
    path.write_text("\n".join([lines[0], "\t".join(cells), *lines[2:]]) + "\n")
    run = medassay.score(benchmark="vqa-rad@mevf", data=data, predictions=path)
    assert run.manifest["counts"]["failed"] == 1
    assert run.estimates[0].value == 1
    assert run.manifest["predictions"]["notes"] == [
        "1 answers are failure strings of VLMEvalKit: failed, not wrong"
    ]


def test_medmnist_results_beside_the_numbers_in_their_name(shared_data, tmp_path):
    import numpy as np
    from sklearn.metrics import accuracy_score, roc_auc_score

    folder = tmp_path / "data"
    folder.mkdir()
    source = shared_data / "pneumoniamnist" / "pneumoniamnist_github_variant.npz"
    (folder / "pneumoniamnist.npz").symlink_to(source)
    truth = np.array([int(s.target.texts[0] == s.choices[1].label) for s in _samples(folder)])
    p = np.random.default_rng(0).normal(truth, 1.0)
    p = 1 / (1 + np.exp(0.5 - p))
    auc, acc = roc_auc_score(truth, p), accuracy_score(truth, p > 0.5)
    path = tmp_path / f"pneumoniamnist_test_[AUC]{auc:.3f}_[ACC]{acc:.3f}@1.csv"
    path.write_text("".join(f"{n},{1 - value},{value}\n" for n, value in enumerate(p)))
    run = medassay.score(benchmark="pneumoniamnist", data=folder, predictions=path)
    claims = {held["metric"]: held for held in run.manifest["predictions"]["claimed"]}
    assert claims["auroc"]["recomputed"] == pytest.approx(auc, abs=1e-4)
    assert claims["accuracy"]["recomputed"] == pytest.approx(acc)
    assert claims["accuracy"]["claimed"] == pytest.approx(acc, abs=5e-4)


def _samples(folder):
    return resolve_benchmark("pneumoniamnist", data=folder).samples()


def test_a_run_of_ours_is_read_again_and_agrees_with_itself(tmp_path):
    medassay.run(model="demo-vlm", benchmark=SMALL, out=tmp_path / "run", store=tmp_path / "store.db")
    run = medassay.score(benchmark=SMALL, predictions=tmp_path / "run")
    told = run.manifest["predictions"]
    assert (told["format"], told["ways"]) == ("rows", {"id": run.manifest["n"]})
    assert all(held["agree"] == held["n"] for held in told["claimed_of_rows"].values())
    assert run.manifest["model"]["name"] == "demo-vlm"


def test_copies_under_two_names_are_said_of_both(tmp_path):
    lines = [json.dumps({"id": s.id, "response": gold_answer(s)}) for s in resolve_benchmark(SMALL).samples()]
    for name in ("gpt", "gemini"):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    paths = [tmp_path / "gpt.jsonl", tmp_path / "gemini.jsonl"]
    runs = score_each(paths, benchmark=SMALL, out=tmp_path / "out")
    assert all("one file under two names" in run.manifest["predictions"]["notes"][0] for run in runs)
    assert (tmp_path / "out" / "gemini" / "report.html").exists()
    assert runs[0].to_json()["predictions"]["matched"] == len(lines)
    with pytest.raises(UsageError, match="one name"):
        score_each([paths[0], paths[0]], benchmark=SMALL, out=tmp_path / "again")
