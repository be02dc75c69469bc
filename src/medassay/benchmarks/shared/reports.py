"""What radiology report datasets share: sections, the views of a study, R2Gen's files, how it is asked.

A sample is a study with all its views. Its target is one section or two; a study without them, or without an
image, is no item of that benchmark: it is left out, counted and said, never scored against an empty text.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from medassay.benchmarks.shared.files import Record, read_json
from medassay.errors import UsageError
from medassay.types import Case, Image, Measure, Message, Request, Sample, Target

Section = Literal["findings", "impression", "both"]
"""What is to be written; both are the findings and below them the impression."""

MEASURES = (
    Measure(metric="rouge_l", by=("view",)),
    Measure(metric="bleu_1", by=("view",)),
    Measure(metric="bleu_4"),
)
_NAMES: Mapping[Section, tuple[str, ...]] = {
    "findings": ("findings",),
    "impression": ("impression",),
    "both": ("findings", "impression"),
}
_HEADING = re.compile(r"^[ \t]*([A-Z][A-Z ()/,&-]+):", re.MULTILINE)
_HEADINGS = {  # what stands under both at once describes the images, so it is findings
    "FINDINGS": "findings",
    "FINDING": "findings",
    "FINDINGS AND IMPRESSION": "findings",
    "FINDINGS/IMPRESSION": "findings",
    "IMPRESSION": "impression",
    "CONCLUSION": "impression",
}
_ELSEWHERE = (  # how the headings of other sections begin
    *("ADDENDUM", "CLINICAL", "COMPARISON", "EXAM", "FINAL REPORT", "HISTORY", "INDICATION", "NOTIFICATION"),
    *("PROCEDURE", "REASON", "RECOMMENDATION", "STUDY", "TECHNIQUE", "WET READ"),
)
_VIEWS = {"pa": "frontal", "ap": "frontal", "lateral": "lateral", "ll": "lateral", "frontal": "frontal"}
View = tuple[str, Image]
"""What a file calls a view ("PA", "Lateral", "" where it does not say), and its image."""


def sections(text: str) -> dict[str, str]:
    """The sections of a free text by their headings: capitals from the start of a line up to a colon.

    Returns:
        `findings` and `impression` as far as they are there, with single blanks. What recurs (in an
        addendum) is joined; a heading that is no section's ("LUNGS:") is text of the section it stands in.
    """
    found: dict[str, str] = {}
    section = ""
    parts = _HEADING.split(text)
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        name, words = heading.strip(), body.split()
        if name in _HEADINGS:
            section = _HEADINGS[name]
        elif name.startswith(_ELSEWHERE):
            section = ""
        else:
            words = [f"{name}:", *words]
        if section and words:
            found[section] = " ".join([*found.get(section, "").split(), *words])
    return found


def study(
    name: str, held: Mapping[str, str], section: Section, views: Sequence[View], cluster: str, **tags: str
) -> Sample | None:
    """The sample of a study, None where it lacks a section that is wanted, or all images.

    Args:
        name: the id.
        held: the texts of the report, at least of the sections that it has.
        section: what is to be written.
        views: in the order of the files; frontal ones are put first.
        cluster: the patient, else the report.
        tags: further tags, with their values as the product writes them.
    """
    texts = [held.get(part, "").strip() for part in _NAMES[section]]
    written = all(any(c.isalnum() for c in text) for text in texts)  # "___." is what was taken out
    if not written or not views:
        return None
    named = [(_VIEWS.get(view.strip().lower(), view.strip().lower()), image) for view, image in views]
    named.sort(key=lambda item: item[0] != "frontal")
    view = "+".join(dict.fromkeys(called for called, _ in named if called))
    return Sample(
        id=name,
        kind="report",
        question=f"Write the {' and the '.join(_NAMES[section])} of the radiology report of this study.",
        target=Target(texts=("\n".join(texts),)),
        images=tuple(image for _, image in named),
        cluster=cluster,
        tags={**tags, **({"view": view} if view else {})},
    )


def annotated(
    root: Path, split: str, prefix: str, cluster: Callable[[Record], str], *, views: int | None = None
) -> Iterator[Sample | None]:
    """The studies of R2Gen's `annotation.json` (Chen et al. 2020), whose one text is taken for findings.

    Args:
        root: the folder with the file and `images/`.
        split: as the product calls it; the file says `val` for validation.
        prefix: of the ids.
        cluster: from a record to its patient, else its report.
        views: how many images of a study are shown; None for all.

    Raises:
        DataError: the file is damaged, or a record lacks a field.
    """
    part = "val" if split == "validation" else split
    for row in read_json(root / "annotation.json", ("id", "report", "image_path"), under=part):
        images: list[View] = [("", Image(uri=str(root / "images" / p))) for p in row["image_path"][:views]]
        yield study(f"{prefix}-{row['id']}", {"findings": row["report"]}, "findings", images, cluster(row))


def only_findings(word: str, section: Section) -> None:
    """Refuse any other section of a variant that holds one text.

    Raises:
        UsageError: another section is asked for.
    """
    if section != "findings":
        raise UsageError(f"{word} holds one text of a study, its findings: section={section} is not in it")


def complete(samples: Iterable[Sample | None], name: str, text: str) -> Iterator[Sample]:
    """The items that have what is wanted; says at the end how many have not.

    Args:
        samples: None where an item has not.
        name: of the benchmark.
        text: what is wanted beside images.
    """
    left_out = 0
    for sample in samples:
        if sample is None:
            left_out += 1
        else:
            yield sample
    if left_out:
        logging.getLogger(__name__).warning(
            "%s: items left out for want of text (%s) or images: %d", name, text, left_out
        )


def ask(case: Case) -> Request:
    """The images and the question, which says what to write."""
    return Request(messages=(Message(role="user", parts=(*case.images, case.question)),))
