"""Write docs/paper_scale.md: what the ten models and seven benchmarks of one paper take on eight GPUs.

python scripts/paper_scale.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from medassay.reporting.sections import markdown_sections
from medassay.workflows.suites import Assumed, Place, find_suite, plan_suite
from medassay.workflows.suites.foretold import sections

PAGE = Path(__file__).resolve().parents[1] / "docs" / "paper_scale.md"
LEAD = """
The ten models and seven benchmarks of arXiv 2507.11200 on eight GPUs, as the planner foresees them before
anything is loaded:

    medassay plan suites/how-far.yaml

Samples are those that the benchmarks' cards state; with `--data-root` the files are walked through and
counted. Hours are a roofline, not a measurement: the share of the limit that a machine reaches is
`--assume utilisation=0.4`, and a run's own pace is what `medassay run --dry-run` prints after a first run.
"""


def page() -> str:
    """The page as the planner makes it today."""
    suite = find_suite(str(PAGE.parents[1] / "suites" / "how-far.yaml"))
    held = plan_suite(Place(suite=suite, out=Path("runs")), Assumed())
    text = markdown_sections("A paper's tables on eight GPUs", sections(held))
    title, rest = text.split("\n", 1)
    return f"{title}\n{LEAD}{rest}"


def main() -> int:
    """Write the page; with --check only say whether it is what stands there."""
    if "--check" in sys.argv[1:]:
        return int(PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
