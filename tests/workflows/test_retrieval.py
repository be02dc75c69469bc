"""What retrieved texts did to answers, against counts by hand; and how much of it is safe."""

import json
from collections import defaultdict

import pytest
from typer.testing import CliRunner

import medassay
from medassay.cli import app
from medassay.errors import DataError, UsageError
from medassay.models.fakes import Scripted
from medassay.workflows.corpus import read_texts
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.retrieval import retrieval

SMALL = "phantom@vqa:n=30"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A model that knows two thirds; retrieved texts lead it astray, the more the more of them there are."""
    samples = list(resolve_benchmark(SMALL).samples())
    of_image = defaultdict(list)
    for i, sample in enumerate(samples):
        of_image[sample.images[0].uri].append((i, sample))

    def say(request):
        text = request.text  # which may hold other questions, of those that were retrieved
        i, sample = max(of_image[request.images[-1].uri], key=lambda held: text.rfind(held[1].question))
        known = i % 3 != 0
        if "\n2. " in text:
            known = i % 2 == 0
        elif "\n1. " in text:
            known = known and i % 30 != 1
        return sample.target.texts[0] if known else "I cannot see it."

    model = Scripted(say, name="astray")
    words = ("direct", "rag:by=random,k=1", "rag:by=random,k=2")
    home = tmp_path_factory.mktemp("runs")
    return samples, [
        medassay.run(model=model, benchmark=SMALL, solver=word, out=home / str(i), store=home / "answers.db")
        for i, word in enumerate(words)
    ]


def test_helped_hurt_and_relied_are_counted_over_all_and_over_what_was_known(runs):
    samples, (without, one, two) = runs
    n = len(samples)
    found = retrieval(without, [one, two])
    few, many = found.effects
    assert [effect.texts for effect in found.effects] == [1.0, 2.0]
    hurt = {1: sum(i % 30 == 1 for i in range(n)), 2: sum(i % 3 != 0 and i % 2 for i in range(n))}
    helped = sum(i % 3 == 0 and i % 2 == 0 for i in range(n))
    known = sum(i % 3 != 0 for i in range(n))
    assert (few.helped.value, many.helped.value) == pytest.approx((0.0, helped / n))
    assert (few.hurt.value, many.hurt.value) == pytest.approx((hurt[1] / n, hurt[2] / n))
    assert many.relied is not None
    assert many.relied.value == pytest.approx(hurt[2] / known)
    assert many.relied.n == known
    assert found.chosen is None
    assert found.verdict == ""


def test_the_last_that_is_safe_is_chosen_and_nothing_behind_one_that_is_not(runs):
    _, (without, one, two) = runs
    highs = [effect.hurt.high for effect in retrieval(without, [one, two]).effects]
    assert highs[0] is not None
    assert retrieval(without, [one, two], risk=highs[0] + 0.001).chosen == "rag:k=1,by=random"
    assert retrieval(without, [two, one], risk=highs[0] + 0.001).chosen is None
    assert retrieval(without, [one, two], risk=0.99).chosen == "rag:k=2,by=random"
    assert "None is chosen" in retrieval(without, [one, two], risk=0.001).verdict


def test_from_the_command_line(runs):
    _, held = runs
    words = ["retrieval", *(str(run.path) for run in held), "--risk", "0.2"]
    printed = CliRunner().invoke(app, words)
    assert printed.exit_code == 0, printed.output
    assert max(map(len, printed.output.splitlines())) <= 80
    assert "relied" in printed.output
    said = json.loads(CliRunner().invoke(app, [*words, "--json"]).output)
    assert [effect["texts"] for effect in said["effects"]] == [1.0, 2.0]


def test_what_cannot_be_compared_is_refused(runs):
    _, (without, one, _) = runs
    with pytest.raises(UsageError, match="without retrieval first"):
        retrieval(without, [])
    with pytest.raises(UsageError, match="a share of the rows"):
        retrieval(without, [one], risk=2)
    other = medassay.run(model=Scripted(lambda _: "yes", name="other"), benchmark=SMALL)
    with pytest.raises(UsageError, match="model"):
        retrieval(other, [one])


def test_a_folder_of_reports_is_read_with_its_images_and_patients(tmp_path):
    folder = tmp_path / "reports"
    (folder / "p1").mkdir(parents=True)
    (folder / "p1" / "scan.txt").write_text(" A mass. \n", "utf-8")
    (folder / "p1" / "scan.png").write_bytes(b"not looked at here")
    (folder / "loose.txt").write_text("Normal.", "utf-8")
    loose, scan = read_texts(folder)
    assert (loose.case.id, loose.case.cluster, loose.case.images) == ("loose", "unknown", ())
    assert (scan.case.id, scan.case.cluster, scan.answer) == ("p1/scan", "p1", "A mass.")
    assert [image.uri for image in scan.case.images] == [str(folder / "p1" / "scan.png")]
    (folder / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"bad\.txt: cannot be read as UTF-8"):
        read_texts(folder)
    with pytest.raises(DataError, match=r"no \.txt files"):
        read_texts(tmp_path / "nothing")


def test_a_run_retrieves_from_a_folder_wherever_it_lies(tmp_path):
    protocols = []
    for place in ("here", "there"):
        folder = tmp_path / place / "texts"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("The lung is clear.", "utf-8")
        solver = f"rag:by=words,source={folder}"
        run = medassay.run(
            model=Scripted(lambda _: "yes", name="a"), benchmark="phantom@vqa:n=6", solver=solver
        )
        protocols.append(run.manifest["protocol"])
        assert {step.text.split()[0] for row in run.rows() for step in row.response.trace} == {"a"}
    assert protocols[0] == protocols[1]
    assert protocols[0]["solver"] == "rag:k=3,by=words"
    assert protocols[0]["solver_uses"]["texts"]["n"] == 1
