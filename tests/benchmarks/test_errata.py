from dataclasses import replace

import pytest

from medassay.benchmarks.errata import errata_of, parse, read_errata
from medassay.benchmarks.worldmedqa_v import BENCHMARK as WORLDMEDQA
from medassay.errors import DataError
from medassay.metrics import score
from medassay.registry import names
from medassay.types import Choice, Response, Row, Sample, Target
from medassay.workflows.resolve import resolve_benchmark
from medassay.workflows.results import estimate_benchmark

OPTIONS = tuple(
    Choice(label=text) for text in ("rising", "treated too rarely", "treated too rarely", "falling")
)


def row(number, answer, key="B"):
    sample = Sample(
        id=f"worldmedqa-v-brazil-pt-{number}",
        kind="choice",
        question="?",
        choices=OPTIONS,
        cluster=f"brazil-{number}",
        target=Target(texts=(key,)),
    )
    response = Response(text=answer)
    return Row(sample=sample, response=response, score=score(sample, response))


def both(estimates):
    """The headline on the published and on the corrected key."""
    wanted = ("accuracy", "accuracy_corrected_key")
    return [next(e for e in estimates if (e.metric, e.slice) == (name, "all")) for name in wanted]


def test_the_corrected_key_stands_beside_the_published_one():
    published, corrected = both(estimate_benchmark(WORLDMEDQA, [row(50, "C"), row(51, "A"), row(52, "B")]))
    assert published.value == pytest.approx(1 / 3)
    assert corrected.value == pytest.approx(2 / 3)
    assert corrected.note.endswith("errata 1: 1 keys corrected, 0 rows left out")


def test_nothing_is_added_where_no_key_was_touched_or_the_dataset_was_mended():
    rows = [row(50, "C", key="C"), row(51, "A")]
    assert {e.metric for e in estimate_benchmark(WORLDMEDQA, rows)} == {"accuracy"}


def test_a_row_without_a_key_is_left_out(shared_data):
    task = resolve_benchmark("vqa-rad@osf", data=shared_data / "vqa_rad", split="train")
    errata = errata_of("vqa-rad")
    assert errata is not None
    held = [s for s in task.samples() if s.id in {i for c in errata.corrections for i in c.ids}]
    assert len(held) == 6
    assert all(errata.of(sample) for sample in held)  # the keys are as the overlay says
    rows = [Row(sample=s, response=Response(text="yes"), score=score(s, Response(text="yes"))) for s in held]
    other = replace(held[0], id="vqa-rad-osf-other", cluster="other", target=Target(texts=("yes",)))
    rows.append(Row(sample=other, response=Response(text="yes"), score=score(other, Response(text="yes"))))
    published, corrected = both(estimate_benchmark(task.benchmark, rows))
    assert published.value == pytest.approx(4 / 7)
    assert corrected.value == 1
    assert "0 keys corrected, 6 rows left out" in corrected.note


@pytest.mark.parametrize("name", names("benchmark"))
def test_what_ships_is_whole_and_belongs_to_its_benchmark(name):
    errata = errata_of(name)
    assert errata is None or errata.benchmark == name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("corrections: [", "needs benchmark, version"),
        ("{benchmark: a, version: 1, corrections: [{ids: [x]}]}", "correction 1 lacks evidence, published"),
        (
            (
                "{benchmark: a, version: 1,"
                " corrections: [{ids: [x, x], published: [A], who: w, why: y, evidence: e}]}"
            ),
            "x is corrected twice",
        ),
    ],
)
def test_errata_of_another_form_are_refused(text, why):
    with pytest.raises(DataError, match=why):
        parse(text, "mine.yaml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"mine\.yaml: No such file"):
        read_errata(tmp_path / "mine.yaml")
