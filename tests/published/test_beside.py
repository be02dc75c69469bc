"""The numbers of a paper found by the name of a model and a benchmark."""

import pytest

from medassay.published import CHECKS, shipped
from medassay.published.beside import HOW_FAR, Printed, printed


@pytest.mark.parametrize("model", ["Qwen2.5-VL-3B", "qwen2.5-vl-3b", "qwen2_5_vl_3b"])
def test_names_are_equal_by_letters_and_digits(model):
    found = printed(shipped(), source=HOW_FAR, model=model, benchmark="medxpertqa-mm")
    assert found == {
        "overall": Printed(text="0.2217", impossible=True),
        "reasoning": Printed(text="0.2151", impossible=True),
        "understanding": Printed(text="0.1802", impossible=True),
    }
    assert printed(shipped(), source=HOW_FAR, model=model, benchmark="chexpert") == {}


def test_the_marks_are_those_of_the_audit():
    """27 of the 70 rows of the paper's three tables."""
    cells = [cell for cell in shipped() if cell.source.startswith(HOW_FAR)]
    rows = {(cell.model, cell.benchmark) for cell in cells}
    marked = {
        (model, benchmark)
        for model, benchmark in rows
        if printed(cells, source=HOW_FAR, model=model, benchmark=benchmark)["overall"].impossible
    }
    audited = CHECKS["whole outside its parts"](cells)
    assert marked == {(finding.model, finding.benchmark) for finding in audited}
    assert (len(rows), len(marked)) == (70, 27)
