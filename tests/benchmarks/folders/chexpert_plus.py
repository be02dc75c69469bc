"""CheXpert Plus: a row per image, rows of a study not side by side. All text is made up."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw, write_csv

WORDS = ["chexpert-plus"]
HEADER = (
    *("path_to_image", "path_to_dcm", "frontal_lateral", "ap_pa", "deid_patient_id"),
    *("patient_report_date_order", "report", "section_findings", "section_impression", "age", "sex", "race"),
    *("ethnicity", "split"),
)


def make(root: Path, word: str) -> None:
    """Forty patients of train, two of valid; every fifth report has no findings."""
    rows: list[tuple[object, ...]] = []
    for patient in range(1, 43):
        part = "valid" if patient > 40 else "train"
        for view in ("view1_frontal", "view2_lateral") if patient % 2 else ("view1_frontal",):
            path = f"{part}/patient{patient:05}/study{patient % 3}/{view}"
            draw(root / "PNG" / f"{path}.png", len(rows))
            side = view.partition("_")[2].capitalize()
            findings = "" if patient % 5 == 0 else f'Lines, "tubes", {patient}:\nin place.'
            people = (56 + patient, "Female", "Unknown", "Non-Hispanic/Non-Latino")
            rows.append(
                (
                    *(f"{path}.jpg", f"{path}.dcm", side, "AP" if side == "Frontal" else ""),
                    *(f"patient{patient:05}", 1, "NARRATIVE: ...", findings, f"Stable, {patient}."),
                    *(*people, part),
                )
            )
    rows.sort(key=lambda row: str(row[0]).rpartition("/")[2])  # frontal views first, laterals after all
    write_csv(root / "df_chexpert_plus_240401.csv", HEADER, rows)
