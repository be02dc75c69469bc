"""The catalogue: one module per dataset, each with its card `BENCHMARK` and its `load`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BENCHMARKS: Mapping[str, str] = MappingProxyType(
    {
        "bloodmnist": "medassay.benchmarks.medmnist:BLOODMNIST",
        "breastmnist": "medassay.benchmarks.medmnist:BREASTMNIST",
        "cbis-ddsm": "medassay.benchmarks.cbis_ddsm:BENCHMARK",
        "chestmnist": "medassay.benchmarks.medmnist:CHESTMNIST",
        "chestxray14": "medassay.benchmarks.chestxray14:BENCHMARK",
        "chestxray14-boxes": "medassay.benchmarks.chestxray14:BOXES",
        "chexpert": "medassay.benchmarks.chexpert:BENCHMARK",
        "dermamnist": "medassay.benchmarks.medmnist:DERMAMNIST",
        "drishti-gs": "medassay.benchmarks.drishti_gs:BENCHMARK",
        "harvard-gf": "medassay.benchmarks.harvard_gf:BENCHMARK",
        "idrid": "medassay.benchmarks.idrid:BENCHMARK",
        "idrid-edema": "medassay.benchmarks.idrid:EDEMA",
        "mediconfusion": "medassay.benchmarks.mediconfusion:BENCHMARK",
        "medxpertqa-mm": "medassay.benchmarks.medxpertqa:MM",
        "medxpertqa-text": "medassay.benchmarks.medxpertqa:TEXT",
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
        "retinamnist": "medassay.benchmarks.medmnist:RETINAMNIST",
        "rocov2": "medassay.benchmarks.rocov2:BENCHMARK",
        "slake": "medassay.benchmarks.slake:BENCHMARK",
        "tissuemnist": "medassay.benchmarks.medmnist:TISSUEMNIST",
        "vqa-rad": "medassay.benchmarks.vqa_rad:BENCHMARK",
    }
)
"""Name -> `module:attribute` of its card; nothing is imported before it is asked for."""
