"""The catalogue: one module per dataset, each with its card `BENCHMARK` and its `load`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BENCHMARKS: Mapping[str, str] = MappingProxyType(
    {
        "bloodmnist": "medassay.benchmarks.medmnist:BLOODMNIST",
        "breastmnist": "medassay.benchmarks.medmnist:BREASTMNIST",
        "camelyon17-wilds": "medassay.benchmarks.camelyon17_wilds:BENCHMARK",
        "chestmnist": "medassay.benchmarks.medmnist:CHESTMNIST",
        "chestxray14": "medassay.benchmarks.chestxray14:BENCHMARK",
        "chestxray14-boxes": "medassay.benchmarks.chestxray14:BOXES",
        "chexpert": "medassay.benchmarks.chexpert:BENCHMARK",
        "chexpert-plus": "medassay.benchmarks.chexpert_plus:BENCHMARK",
        "dermamnist": "medassay.benchmarks.medmnist:DERMAMNIST",
        "drishti-gs": "medassay.benchmarks.drishti_gs:BENCHMARK",
        "fairvlmed10k-diagnosis": "medassay.benchmarks.fairvlmed10k:DIAGNOSIS",
        "fairvlmed10k-notes": "medassay.benchmarks.fairvlmed10k:NOTES",
        "fairvlmed10k-vqa": "medassay.benchmarks.fairvlmed10k:VQA",
        "ham10000": "medassay.benchmarks.ham10000:BENCHMARK",
        "harvard-gf": "medassay.benchmarks.harvard_gf:BENCHMARK",
        "idrid": "medassay.benchmarks.idrid:BENCHMARK",
        "idrid-edema": "medassay.benchmarks.idrid:EDEMA",
        "isic-2017": "medassay.benchmarks.isic:ISIC_2017",
        "isic-2018": "medassay.benchmarks.isic:ISIC_2018",
        "isic-2019": "medassay.benchmarks.isic:ISIC_2019",
        "iu-xray": "medassay.benchmarks.iu_xray:BENCHMARK",
        "kermany-pneumonia": "medassay.benchmarks.kermany_pneumonia:BENCHMARK",
        "mediconfusion": "medassay.benchmarks.mediconfusion:BENCHMARK",
        "medxpertqa-mm": "medassay.benchmarks.medxpertqa:MM",
        "medxpertqa-text": "medassay.benchmarks.medxpertqa:TEXT",
        "mimic-cxr": "medassay.benchmarks.mimic_cxr:BENCHMARK",
        "mmmu": "medassay.benchmarks.mmmu:BENCHMARK",
        "mmmu-pro": "medassay.benchmarks.mmmu_pro:BENCHMARK",
        "octmnist": "medassay.benchmarks.medmnist:OCTMNIST",
        "omnimedvqa": "medassay.benchmarks.omnimedvqa:BENCHMARK",
        "organamnist": "medassay.benchmarks.medmnist:ORGANAMNIST",
        "organcmnist": "medassay.benchmarks.medmnist:ORGANCMNIST",
        "organsmnist": "medassay.benchmarks.medmnist:ORGANSMNIST",
        "papila": "medassay.benchmarks.papila:BENCHMARK",
        "pathmnist": "medassay.benchmarks.medmnist:PATHMNIST",
        "pathvqa": "medassay.benchmarks.pathvqa:BENCHMARK",
        "phantom": "medassay.benchmarks.phantom:BENCHMARK",
        "pmc-vqa": "medassay.benchmarks.pmc_vqa:BENCHMARK",
        "pneumoniamnist": "medassay.benchmarks.medmnist:PNEUMONIAMNIST",
        "rad-restruct": "medassay.benchmarks.rad_restruct:BENCHMARK",
        "retinamnist": "medassay.benchmarks.medmnist:RETINAMNIST",
        "rocov2": "medassay.benchmarks.rocov2:BENCHMARK",
        "slake": "medassay.benchmarks.slake:BENCHMARK",
        "tissuemnist": "medassay.benchmarks.medmnist:TISSUEMNIST",
        "vqa-med-2019": "medassay.benchmarks.vqa_med_2019:BENCHMARK",
        "vqa-rad": "medassay.benchmarks.vqa_rad:BENCHMARK",
    }
)
"""Name -> `module:attribute` of its card; nothing is imported before it is asked for."""
