"""The documentation site, into build/site: the pages of docs/, tutorials as pages, and the public names.

Needs `medassay[docs]`.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import medassay

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "build" / "docs"


def main() -> None:
    """Build it; ends with 1 where a page or a link is missing."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(ROOT / "docs", PAGES)
    for notebook in (PAGES / "tutorials").glob("*.ipynb"):
        notebook.with_suffix(".md").write_text(_page(notebook), "utf-8")
    index = PAGES / "index.md"
    index.write_text(index.read_text("utf-8").replace(".ipynb)", ".md)"), "utf-8")
    (PAGES / "reference.md").write_text(_reference(), "utf-8")
    sys.exit(
        subprocess.run(
            [Path(sys.executable).with_name("zensical"), "build", "--strict"], cwd=ROOT, check=False
        ).returncode
    )


def _page(notebook: Path) -> str:
    """The cells one after the other, and where the notebook is."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    parts = [_part(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    return "\n\n".join([*parts, f"[As a notebook]({notebook.name})"]) + "\n"


def _reference() -> str:
    """The public names by what they are, each with its docstring."""
    names = {name: getattr(medassay, name) for name in medassay.__all__}
    functions = [name for name, held in names.items() if not isinstance(held, type)]
    parts = ["# Python", "What `import medassay` gives."]
    for title, chosen in (("Functions", functions), ("Values", sorted(names.keys() - functions))):
        parts += [f"## {title}", *(f"::: {names[name].__module__}.{name}" for name in chosen)]
    return "\n\n".join(parts) + "\n"


def _part(kind: str, text: str) -> str:
    return f"```python\n{text}\n```" if kind == "code" else text


if __name__ == "__main__":
    main()
