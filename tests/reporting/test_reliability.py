from __future__ import annotations

import csv
from dataclasses import replace

from medassay.metrics.calibration import Bin
from medassay.reporting import write_reliability
from medassay.reporting.html import render

BINS = (
    Bin(lowest=0.5, highest=0.61, n=40, confidence=0.55, accuracy=0.6),
    Bin(lowest=0.62, highest=1.0, n=41, confidence=0.9, accuracy=1 / 3),
)


def test_the_file_holds_the_bins_of_every_run_in_full(build, tmp_path):
    sure, silent = replace(build.record([]), reliability=BINS), build.record([])
    path = write_reliability(tmp_path / "reliability.csv", [sure, silent, sure])
    assert path is not None
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [int(line["n"]) for line in lines] == [40, 41, 40, 41]
    assert float(lines[1]["accuracy"]) == 1 / 3
    assert (lines[0]["benchmark"], lines[0]["model"]) == ("vqa-rad", "demo-vlm")


def test_without_probabilities_there_is_no_file_and_no_diagram(build, tmp_path):
    assert write_reliability(tmp_path / "reliability.csv", [build.record([])]) is None
    assert list(tmp_path.iterdir()) == []
    assert "Is it right as often" not in render([build.record([])])


def test_the_page_draws_the_bins_and_holds_their_numbers(build):
    page = render([replace(build.record([]), reliability=BINS)])
    assert '<circle class="point" cx="90.0" cy="66.67"' in page
    assert "0.620 to 1.000" in page
    assert ">0.333<" in page
