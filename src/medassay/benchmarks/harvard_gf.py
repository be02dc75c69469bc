"""Harvard-GF (GF3300): maps of nerve fiber thickness, with or without glaucoma (Luo et al., 2024).

`Training/`, `Validation/` and `Test/` hold one .npz per person: `rnflt` (200, 200) in micrometres, where
about -2 is no tissue and 350 the thickest; `glaucoma`, `age`, `male`, `race` and more as single values. The
map is shown by clipping to [-2, 350] and scaling: a cast without clipping would wrap thick tissue to black.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.files import root_of
from medassay.benchmarks.shared.labels import Label, Prompts, choices
from medassay.benchmarks.shared.measures import of_positive
from medassay.errors import DataError
from medassay.files.arrays import read_arrays
from medassay.images import uri
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Image, Measure, Sample, Target, Where

_GET = "Get the dataset from https://huggingface.co/datasets/harvardairobotics/Harvard-GF."
_FOLDERS = {"test": "Test", "validation": "Validation", "train": "Training"}
_LOW, _HIGH = -2, 350  # micrometres
_LABELS = (
    Label(
        name="normal",
        synonyms=("healthy retinal nerve fiber layer", "no glaucoma"),
        published="a photo of benign retina",
    ),
    Label(
        name="glaucoma",
        synonyms=("glaucomatous retinal nerve fiber layer", "thinning of the retinal nerve fiber layer"),
        published="a photo of glaucomatous retina",
    ),
)
_TEMPLATES = (
    "a retinal nerve fiber layer thickness map, {}",
    "optical coherence tomography, {}",
    "an OCT thickness map, diagnosis: {}",
)
_RACES = {  # the number of the card, or the words of the authors' code
    "0": "asian",
    "1": "black",
    "2": "white",
    "asian": "asian",
    "black or african american": "black",
    "white or caucasian": "white",
}
_BY = ("race", "sex", "age_group", "ethnicity", "language")


def load(where: Where, *, prompts: Prompts = "ensemble") -> Iterator[Sample]:
    """Stream a split in the order of the files' names.

    Args:
        where: folder and split.
        prompts: the ensemble, or the sentences of MedVLMBench.

    Raises:
        DataError: the folder or its files are missing, or one is damaged or without a label.
        UsageError: no such split.
    """
    root = root_of(where, "harvard-gf", _GET, BENCHMARK.splits)
    paths = sorted((root / _FOLDERS[where.split]).glob("*.npz"))
    if not paths:
        raise DataError(f"{root}: no .npz in {_FOLDERS[where.split]}/. {_GET}")
    options = choices(_LABELS, _TEMPLATES, prompts)
    for path in paths:
        person = _person(path)
        yield Sample(
            id=f"harvard-gf-{where.split}-{path.stem}",
            kind="label",
            question="Does this map of the thickness of the retinal nerve fiber layer show glaucoma?",
            target=Target(texts=(_label(path, person),)),
            images=(Image(uri=uri("npz", path, key="rnflt", low=_LOW, high=_HIGH)),),
            choices=options,
            cluster=f"{where.split}-{path.stem}",
            tags=tags.present(
                race=_RACES.get(person.get("race", "").lower()),
                sex={"0": "female", "1": "male"}.get(person.get("male", "")),
                age_group=tags.age_group(person.get("age", "")),
                ethnicity={"0": "non-hispanic", "1": "hispanic"}.get(person.get("hispanic", "")),
                language={"0": "english", "1": "spanish", "2": "other"}.get(person.get("language", "")),
            ),
        )


def _person(path: Path) -> Mapping[str, str]:
    """The single values of a file as texts, whole numbers without a point; map and scan stay packed."""
    names = ("glaucoma", "race", "male", "age", "hispanic", "language")
    try:
        values = {name: array.reshape(-1)[0].item() for name, array in read_arrays(path, names).items()}
    except (OSError, ValueError, IndexError) as error:
        raise DataError(f"{path}: not a whole Harvard-GF .npz file ({error}). {_GET}") from error
    return {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in values.items()}


def _label(path: Path, person: Mapping[str, str]) -> str:
    glaucoma = person.get("glaucoma", "missing")
    if glaucoma not in {"0", "1"}:
        raise DataError(f"{path}: the value of glaucoma is {glaucoma}, not 0 or 1. {_GET}")
    return _LABELS[int(glaucoma)].name


BENCHMARK = Benchmark(
    name="harvard-gf",
    version=1,
    title="Harvard-GF (GF3300)",
    task="diagnosis, binary",
    modality="OCT (thickness of the retinal nerve fiber layer)",
    source="https://huggingface.co/datasets/harvardairobotics/Harvard-GF",
    revision=None,
    licence="CC-BY-NC-ND-4.0",
    access="registration",
    citation=(
        "Luo Y et al. Harvard Glaucoma Fairness: a retinal nerve disease dataset for fairness learning and "
        "fair identity normalization. IEEE Trans Med Imaging 43(7):2623-2633 (2024)."
    ),
    primary="auroc",
    measures=(
        *(Measure(metric=m, by=_BY) for m in ("auroc", "accuracy", "balanced_accuracy", "macro_f1")),
        *of_positive(_LABELS[1].name),
    ),
    load=load,
    prompt=plain,
    scorer=score,
    cluster="patient",
    verified="reference only",
    kinds=("label",),
    counts={"test": 900, "validation": 300, "train": 2100},
    unverified=("access",),
    splits=("test", "validation", "train"),
    absent={"medvlmbench": "its split files (2,706 and 594 of the maps) are not distributed"},
    may_leave=False,
    notes=(
        "Glaucoma is the positive class. One map per person, three races in equal numbers. The picture is "
        "the thickness map, clipped to -2 ... 350 micrometres and scaled to grey; MedVLMBench casts without "
        "clipping, which wraps. Not for commercial use, no derivatives: the data stay on your machine unless "
        "you may send them. Race is written as a number or in words; both are read."
    ),
)
