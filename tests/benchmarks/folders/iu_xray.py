"""IU X-ray in its three shapes. All text is made up."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv, write_json

WORDS = ["iu-xray@xml", "iu-xray@r2gen", "iu-xray@kaggle"]
NUMBERS = range(1, 41)  # enough for each split to have some


def make(root: Path, word: str) -> None:
    """Write the variant of the word."""
    {"xml": _xml, "r2gen": _r2gen, "kaggle": _kaggle}[word.partition("@")[2]](root)


def sections_of(number: int) -> tuple[str, str]:
    """Every sixth report has no findings."""
    findings = "" if number % 6 == 0 else f"The heart is normal in size. XXXX lungs are clear, {number}."
    return findings, f"No acute disease, {number}."


def _xml(root: Path) -> None:
    for number in NUMBERS:
        findings, impression = sections_of(number)
        names = [f"CXR{number}_IM-{number:04}-{view}001" for view in (1, 2)]
        for i, name in enumerate(names):
            draw(root / "NLMCXR_png" / f"{name}.png", 2 * number + i)
        views = "".join(
            f'<parentImage id="{name}"><figureId>F{i}</figureId><caption>PA and Lateral</caption>'
            f"<url>/hadoop/{name}.jpg</url></parentImage>"
            for i, name in enumerate(names)
        )
        path = root / "ecgen-radiology" / f"{number}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'<?xml version="1.0" encoding="utf-8"?><eCitation><uId id="CXR{number}"/><MedlineCitation>'
            '<Article><Abstract><AbstractText Label="COMPARISON">None.</AbstractText>'
            '<AbstractText Label="INDICATION">Positive test &amp; cough</AbstractText>'
            + (f'<AbstractText Label="FINDINGS">{findings}</AbstractText>' if findings else "")
            + f'<AbstractText Label="IMPRESSION">{impression}</AbstractText></Abstract></Article>'
            f"</MedlineCitation><MeSH><major>normal</major></MeSH>{views}</eCitation>",
            "utf-8",
        )


def _r2gen(root: Path) -> None:
    parts: dict[str, list[dict[str, object]]] = {"train": [], "val": [], "test": []}
    for number, part in ((2384, "test"), (2926, "test"), (1451, "val"), (3333, "train")):
        name = f"CXR{number}_IM-0942"
        for view in (0, 1):
            draw(root / "images" / name / f"{view}.png", 2 * number + view)
        paths = [f"{name}/{view}.png" for view in (0, 1)]
        parts[part].append({"id": name, "report": f"Clear lungs, {number}. ", "image_path": paths})
    write_json(root / "annotation.json", parts)


def _kaggle(root: Path) -> None:
    projections, reports = [], []
    for number in NUMBERS:
        for view, projection in (("1001", "Lateral"), ("4001", "Frontal")):
            name = f"{number}_IM-{number:04}-{view}.dcm.png"
            draw(root / "images" / "images_normalized" / name, number + int(view))
            projections.append((number, name, projection))
        cells = ("normal", "normal", "Xray Chest PA, Lateral", "Cough", "None.", *sections_of(number))
        reports.append((number, *cells))
    header = ("MeSH", "Problems", "image", "indication", "comparison", "findings", "impression")
    write_csv(root / "indiana_reports.csv", ("uid", *header), reports)
    write_csv(root / "indiana_projections.csv", ("uid", "filename", "projection"), projections)
