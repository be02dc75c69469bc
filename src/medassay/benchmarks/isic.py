"""The diagnosis tasks of the ISIC challenges 2017, 2018 and 2019: dermoscopic images, one diagnosis each.

A table of truth per split, one column per class with 1.0 in the right one; images in a folder of their own;
beside them tables with age, sex and site (2017, 2019) and with the lesion of an image (2018 and 2019,
training only). Tables and images may lie a folder deeper, as the archives unpack.

- 2017: `ISIC-2017_{Training,Validation,Test_v2}_Part3_GroundTruth.csv`: image_id, melanoma,
  seborrheic_keratosis; neither is a nevus;
- 2018: `ISIC2018_Task3_{Training,Validation,Test}_GroundTruth.csv`: image and seven codes;
- 2019: `ISIC_2019_{Training,Test}_GroundTruth.csv`: image and nine codes; UNK occurs in the test only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medassay.benchmarks.shared import tags
from medassay.benchmarks.shared.dermoscopy import LABELS, QUESTION, TEMPLATES
from medassay.benchmarks.shared.files import Record, images_spread, read_csv, root_of
from medassay.benchmarks.shared.labels import Label, choices, named
from medassay.benchmarks.shared.measures import CLASSES
from medassay.errors import DataError
from medassay.metrics import score
from medassay.prompts import plain
from medassay.types import Benchmark, Loader, Measure, Sample, Target, Where

_GET = "Get the files from https://challenge.isic-archive.com/data/."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Challenge:
    """One year. `{}` in the names of files stands for `words` of a split.

    `labels`: by column of the truth, in the order of the options; a column that is not in the table is the
    class of an image that is of none of the others. `facts`: tables that may be beside the truth.
    """

    year: str
    words: Mapping[str, str]
    truth: str
    images: str
    facts: tuple[str, ...]
    labels: Mapping[str, Label]
    id: str = "image"
    rest: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"isic-{self.year}"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(code for code in self.labels if code != self.rest)


def _loader(challenge: _Challenge) -> Loader:
    def load(where: Where) -> Iterator[Sample]:
        """Stream a split.

        Raises:
            DataError: the folder, its table of truth or its images are missing, or a table is damaged.
            UsageError: no such split.
        """
        root = root_of(where, challenge.name, _GET, tuple(challenge.words))
        word = challenge.words[where.split]
        path = _table(root, challenge.truth.format(word))
        if path is None:
            raise DataError(f"{root}: no {challenge.truth.format(word)}. {_GET}")
        folder = challenge.images.format(word)
        image = images_spread(root, (folder, "images"), (f"{folder}.zip",), _GET, needed=where.pictures)
        facts = _facts(challenge, root, word)
        options = choices(tuple(challenge.labels.values()), TEMPLATES)
        for row in read_csv(path, (challenge.id, *challenge.columns)):
            name = row[challenge.id]
            known = {**facts.get(name, {}), **row}
            yield Sample(
                id=f"{challenge.name}-{name}",
                kind="label",
                question=QUESTION,
                target=Target(texts=(challenge.labels[_code(challenge, path, row)].name,)),
                images=(image(f"{name}.jpg"),),
                choices=options,
                cluster=known.get("lesion_id") or name,
                tags=_tags(known),
            )

    return load


def _tags(known: Record) -> dict[str, str]:
    return tags.present(
        sex=tags.sex(known.get("sex")),
        age_group=tags.age_group(known.get("age_approx") or known.get("age_approximate")),
        site=known.get("anatom_site_general"),
        dx_type=known.get("diagnosis_confirm_type"),
        officially_scored=_OFFICIALLY.get(known.get("score_weight", "")),
    )


_OFFICIALLY = {"0.0": "no", "0": "no", "1.0": "yes", "1": "yes"}


def _code(challenge: _Challenge, path: Path, row: Record) -> str:
    """The one class of a row.

    Raises:
        DataError: it has several, or none where one is needed.
    """
    try:
        held = [code for code in challenge.columns if float(row[code])]
    except ValueError as error:
        raise DataError(f"{path}: {row[challenge.id]}: {error}. {_GET}") from error
    if not held and challenge.rest:
        return challenge.rest
    if len(held) != 1:
        raise DataError(f"{path}: {row[challenge.id]} has {len(held)} diagnoses instead of one. {_GET}")
    return held[0]


def _facts(challenge: _Challenge, root: Path, word: str) -> Mapping[str, Record]:
    """What else is known of the images, from the tables that are there."""
    held: dict[str, Record] = {}
    for path in filter(None, (_table(root, name.format(word)) for name in challenge.facts)):
        for row in read_csv(path, (challenge.id,)):
            held[row[challenge.id]] = {**held.get(row[challenge.id], {}), **row}
    return held


def _table(root: Path, name: str) -> Path | None:
    """The table at the top, or one folder deeper."""
    return next((p for p in (root / name, *sorted(root.glob(f"*/{name}"))) if p.is_file()), None)


def _card(challenge: _Challenge, *, licence: str, cluster: str, citation: str, notes: str) -> Benchmark:
    return Benchmark(
        name=challenge.name,
        version=1,
        title=f"ISIC {challenge.year}",
        task=f"diagnosis, {len(challenge.labels)} classes",
        modality="dermoscopy",
        source="https://challenge.isic-archive.com/data/",
        revision=None,
        licence=licence,
        access="open",
        citation=citation,
        primary="balanced_accuracy",
        measures=(
            Measure(metric="balanced_accuracy", by=("sex", "age_group")),
            Measure(metric="accuracy", by=("sex", "age_group", "site", "officially_scored")),
            Measure(metric="macro_f1"),
            Measure(metric="auroc", by=("sex", "age_group")),
            *CLASSES,
        ),
        load=_loader(challenge),
        prompt=plain,
        scorer=score,
        cluster=cluster,
        verified="reference only",
        kinds=("label",),
        counts=challenge.counts,
        unverified=("licence", *(f"counts:{s}" for s in challenge.counts if s != "train")),
        splits=tuple(challenge.words),
        notes=notes,
    )


_LESION = "lesion, else image"
_LESIONS = (
    "Where a table names the lesion (training, where it is there) that is the cluster, else the image: the "
    "test's names none although lesions have several images, so intervals of the test are optimistic. "
)
_2017 = _Challenge(
    year="2017",
    words={"test": "Test_v2", "validation": "Validation", "train": "Training"},
    truth="ISIC-2017_{}_Part3_GroundTruth.csv",
    images="ISIC-2017_{}_Data",
    facts=("ISIC-2017_{}_Data_metadata.csv",),
    id="image_id",
    rest="nevus",
    labels=dict(
        zip(
            ("melanoma", "seborrheic_keratosis", "nevus"),
            named(
                "melanoma|malignant melanoma", "seborrheic keratosis", "nevus|melanocytic nevus|benign mole"
            ),
            strict=True,
        )
    ),
    counts={"test": 600, "validation": 150, "train": 2000},
)
_2018 = _Challenge(
    year="2018",
    words={"test": "Test", "validation": "Validation", "train": "Training"},
    truth="ISIC2018_Task3_{}_GroundTruth.csv",
    images="ISIC2018_Task3_{}_Input",
    facts=("ISIC2018_Task3_{}_LesionGroupings.csv",),
    labels={c: LABELS[c] for c in ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")},
    counts={"test": 1512, "validation": 193, "train": 10015},
)
_2019 = _Challenge(
    year="2019",
    words={"test": "Test", "train": "Training"},
    truth="ISIC_2019_{}_GroundTruth.csv",
    images="ISIC_2019_{}_Input",
    facts=("ISIC_2019_{}_Metadata.csv",),
    labels={c: LABELS[c] for c in ("MEL", "NV", "BCC", "AK", "BKL", "DF", "VASC", "SCC", "UNK")},
    counts={"test": 8238, "train": 25331},
)

ISIC_2017 = _card(
    _2017,
    licence="CC0-1.0",
    cluster="image",
    citation=(
        "Codella N et al. Skin lesion analysis toward melanoma detection: a challenge at the 2017 "
        "International Symposium on Biomedical Imaging (ISBI). arXiv:1710.05006."
    ),
    notes=(
        "Three classes; the challenge scored two binary tasks (melanoma, seborrheic keratosis) by AUROC. No "
        "table names the lesion or the patient, so the image is the cluster and intervals are optimistic. "
        "The test is its second version (Test_v2)."
    ),
)
ISIC_2018 = _card(
    _2018,
    licence="CC-BY-NC-4.0",
    cluster=_LESION,
    citation=(
        "Codella N et al. Skin lesion analysis toward melanoma detection 2018. arXiv:1902.03368. Tschandl P, "
        "Rosendahl C, Kittler H. The HAM10000 dataset. Sci Data 5:180161 (2018)."
    ),
    notes=(
        _LESIONS + "Training is HAM10000. A file named like the test's, with the lesions of its images, is "
        "on Harvard Dataverse: it is the test of ham10000@official, whose intervals are by lesion."
    ),
)
ISIC_2019 = _card(
    _2019,
    licence="CC-BY-NC-4.0",
    cluster=_LESION,
    citation=(
        "The ISIC 2019 challenge: HAM10000 (Tschandl P et al. Sci Data 5:180161, 2018), BCN_20000 "
        "(arXiv:1908.02288) and MSK (Codella N et al. arXiv:1710.05006)."
    ),
    notes=(
        _LESIONS + "Nine options in both parts; the ninth, another lesion (UNK), is in the test only. Images "
        "that the challenge did not score (score_weight 0, where the table has it) stay and carry a tag. "
        "Training holds HAM10000 and 2,074 images that were made smaller (`_downsampled`)."
    ),
)
