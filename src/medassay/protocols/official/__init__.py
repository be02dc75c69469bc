"""Each dataset as its own authors score it: what they asked, what they read, what they averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from medassay.protocols.official import (
    chexpert,
    mediconfusion,
    medmnist,
    medxpertqa,
    mmmu,
    omnimedvqa,
    pmc_vqa,
)
from medassay.protocols.protocol import Bugs, Protocol, Rules, not_covered
from medassay.types import Benchmark

_NAME = "official"
_COVERED: Mapping[str, Callable[[Benchmark, Bugs], Rules]] = {
    "chexpert": chexpert.rules,
    "mediconfusion": mediconfusion.rules,
    "medxpertqa-mm": medxpertqa.rules,
    "medxpertqa-text": medxpertqa.rules,
    "mmmu": mmmu.rules,
    "mmmu-pro": mmmu.pro_rules,
    "omnimedvqa": omnimedvqa.rules,
    "pmc-vqa": pmc_vqa.rules,
    **dict.fromkeys(medmnist.SETS, medmnist.rules),
}
_REASONS: Mapping[str, str] = {
    **dict.fromkeys(
        ("vqa-rad", "slake", "pathvqa"),
        "its authors publish the data without a scorer; what counts as right is each paper's own",
    ),
    "rad-restruct": "its authors score whole reports, each question asked with the answers given before it",
    "vqa-med-2019": "the campaign's scorer is not in the authors' repository: its normal form is not known",
    "worldmedqa-v": "its authors scored through VLMEvalKit with a judge: use vlmevalkit",
}

BUGS = {
    "article_a": "medxpertqa: the article A counts as the letter, as published",
    "last_character": "pmc-vqa: only the last character of the answer is compared with the options",
    "none_equals_none": "pmc-vqa: an answer like no option is right where the key is like none too",
    "random_letter": "mmmu, mmmu-pro: what names no option becomes a letter drawn at random",
}


def _rules(benchmark: Benchmark, bugs: Bugs) -> Rules:
    held = _COVERED.get(benchmark.name)
    if held is None:
        reason = _REASONS.get(benchmark.name, "no scoring by its own authors is on file")
        raise not_covered(_NAME, benchmark, reason)
    return held(benchmark, bugs)


PROTOCOL = Protocol(
    name=_NAME,
    title="The datasets' own authors",
    source=(
        "MMMU-Benchmark/MMMU@bb0b95a; TsinghuaC3I/MedXpertQA@f21247d; xiaoman-zhang/PMC-VQA@1678ec2; "
        "OpenGVLab/Multi-Modality-Arena@bd2999a; MShahabSepehri/MediConfusion@40a8b41; "
        "MedMNIST/MedMNIST@805b742; Irvin et al. 2019 (CheXpert)"
    ),
    definition=(
        "Each dataset as its authors ask and score it: letters by MMMU's parser, MedXpertQA's second turn, "
        "the option most similar to the text in PMC-VQA and OmniMedVQA, MediConfusion's tokens, MedMNIST's "
        "accuracy and AUC, CheXpert's five labels."
    ),
    rules=_rules,
    bugs=BUGS,
)
