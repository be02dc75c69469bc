"""The map of the documentation site: every page is on it, and nothing that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MADE = {"reference.md", *(f"tutorials/{path.stem}.md" for path in (DOCS / "tutorials").glob("*.ipynb"))}


def _pages(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    for part in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        yield from _pages(part)


def test_every_page_is_on_the_map_once():
    pages = list(_pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    assert len(pages) == len(set(pages))
    assert not [page for page in pages if page not in MADE and not (DOCS / page).is_file()]
    unnamed = {path.name for path in DOCS.glob("*.md")} - set(pages)
    assert not unnamed, f"name them in the nav of mkdocs.yml: {sorted(unnamed)}"
    assert set(pages) >= MADE


def test_links_between_pages_lead_somewhere():
    for page in DOCS.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
