"""Whatever a file holds, it is read or refused: no traceback, hang, 2 GiB, write elsewhere, or code run.

`python -m tests.fuzz.campaign FOLDER SEED COUNT [FORMAT ...]` prints a table and leaves the inputs that
failed in FOLDER; one whose defect is mended goes to tests/fuzz/kept, which is read with every change.
"""

import os
import sys

import pytest
from tests.fuzz.campaign import campaign, printed
from tests.fuzz.readers import FORMATS
from tests.fuzz.seeds import failed_once, seeds

for package in ("pydicom", "nibabel", "openpyxl"):
    pytest.importorskip(package, reason=f"{package} absent")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: limits on processes")

SHARE = {
    "json": 600,
    "jsonl": 450,
    "csv": 600,
    "csv.gz": 1200,
    "xlsx": 40,
    "parquet": 150,
    "npz": 250,
    "dicom": 110,
    "nifti": 110,
    "image": 120,
    "yaml": 40,
    "model": 150,
    "zip": 1180,
}


def test_what_once_failed_and_five_thousand_changed_inputs_are_read_or_refused(tmp_path):
    assert sum(SHARE.values()) == 5_000
    outcomes = campaign(tmp_path, SHARE, seed=10, traced=False)
    assert not any(outcome.faults for outcome in outcomes.values()), printed(outcomes)
    for name, outcome in outcomes.items():
        assert outcome.seeds == len(seeds()[name]) + len(failed_once(name)) > 0
        assert outcome.different > 0.7 * outcome.tried, f"{name}: changes that change nothing"
    assert sum(outcome.accepted for outcome in outcomes.values()) > 1_000, "nearly all die at the door"


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", FORMATS)
def test_a_hundred_thousand_changed_inputs_of_each_format(name, tmp_path):
    share = int(os.environ.get("MEDASSAY_FUZZ", "100000"))
    outcomes = campaign(tmp_path, {name: share}, seed=11)
    outcome = outcomes[name]
    assert not outcome.faults, printed(outcomes)
    assert outcome.branches > outcome.branches_of_seeds, "no change reaches what the seeds do not"
