import textwrap

import pytest

pytest.importorskip("torch", reason="torch is not installed")

from medassay.errors import DataError
from medassay.workflows.grids import read_grid

WHOLE = """
kind: adapt-grid
models: [demo-clip]
recipes:
  probe: linear-probe
  cache: tip-adapter:finetune=true
benchmarks:
  - benchmark: phantom@detection:n=40
    title: easy
    outside:
      - benchmark: phantom@detection:n=40,difficulty=0.8
        title: hard
  - phantom@detection:n=44
"""


def read(tmp_path, text):
    path = tmp_path / "grid.yaml"
    path.write_text(textwrap.dedent(text), "utf-8")
    return read_grid(path)


def test_the_cells_are_the_product_of_the_axes_each_with_a_folder_of_its_own(tmp_path):
    grid = read(tmp_path, WHOLE)
    assert (grid.fractions, grid.seeds, grid.shared) == ((0.01, 0.05, 0.1, 0.25, 0.5, 1.0), (0, 1, 2), "stop")
    assert len({cell.folder(tmp_path) for cell in grid.cells}) == len(grid.cells) == 2 * 2 * 6 * 3
    first = grid.cells[0]
    assert first.folder(tmp_path) == tmp_path / "cells/demo-clip/probe/easy/fraction-1/seed-0"
    assert [trial.title for trial in first.subject.trials] == ["easy", "hard"]
    assert first.title == "demo-clip, probe, 100 % of easy, seed 0"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: adapt-grid", "kind: suite", "grid.yaml:2: 'suite' is not known"),
        ("kind: adapt-grid\n", "", "the key 'kind' is missing: begin the file with"),
        ("models: [demo-clip]\n", "", "the key 'models' is missing"),
        ("models: [demo-clip]", "models: []", "grid.yaml:3: a list belongs here"),
        ("models: [demo-clip]", "models: [a/b, a-b]", "grid.yaml:3: a second 'a-b' (folder a-b)"),
        ("models:", "modells:", "grid.yaml:3: unknown key 'modells': did you mean 'models'?"),
        ("probe: linear-probe", "probe: liner-probe", "grid.yaml:5: no recipe is called 'liner-probe'"),
        (
            "probe: linear-probe",
            "probe: linear-probe:cots=1",
            "grid.yaml:5: linear-probe has no option 'cots'",
        ),
        ("    title: easy", "    name: easy", "grid.yaml:9: unknown key 'name'"),
        ("benchmark: phantom@detection:n=40\n", "data: here\n", "the key 'benchmark' is missing"),
        ("title: hard", "title: easy", "a second 'easy'"),
        ("kind:", "fractions: [25]\nkind:", "grid.yaml:2: '25' should be above 0 and up to 1: 0.25"),
        ("kind:", "fractions: [1, 1.0]\nkind:", "grid.yaml:2: a number occurs twice"),
        ("kind:", "seeds: 3\nkind:", "grid.yaml:2: a list belongs here"),
        ("kind:", "seeds: [-1]\nkind:", "grid.yaml:2: '-1' should be a whole number"),
        ("kind:", "shared: maybe\nkind:", "grid.yaml:2: 'maybe' is not known"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path, old, new, said):
    assert old in WHOLE
    with pytest.raises(DataError) as told:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert said in str(told.value)
    assert "\n" not in str(told.value)
