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
        "dermamnist": "medassay.benchmarks.medmnist:DERMAMNIST",
        "ham10000": "medassay.benchmarks.ham10000:BENCHMARK",
        "isic-2017": "medassay.benchmarks.isic:ISIC_2017",
        "isic-2018": "medassay.benchmarks.isic:ISIC_2018",
        "isic-2019": "medassay.benchmarks.isic:ISIC_2019",
        "kermany-pneumonia": "medassay.benchmarks.kermany_pneumonia:BENCHMARK",
        "octmnist": "medassay.benchmarks.medmnist:OCTMNIST",
        "organamnist": "medassay.benchmarks.medmnist:ORGANAMNIST",
        "organcmnist": "medassay.benchmarks.medmnist:ORGANCMNIST",
        "organsmnist": "medassay.benchmarks.medmnist:ORGANSMNIST",
        "pad-ufes-20": "medassay.benchmarks.pad_ufes_20:BENCHMARK",
        "pathmnist": "medassay.benchmarks.medmnist:PATHMNIST",
        "phantom": "medassay.benchmarks.phantom:BENCHMARK",
        "pneumoniamnist": "medassay.benchmarks.medmnist:PNEUMONIAMNIST",
        "retinamnist": "medassay.benchmarks.medmnist:RETINAMNIST",
        "rocov2": "medassay.benchmarks.rocov2:BENCHMARK",
        "tissuemnist": "medassay.benchmarks.medmnist:TISSUEMNIST",
        "vqa-rad": "medassay.benchmarks.vqa_rad:BENCHMARK",
    }
)
"""Name -> `module:attribute` of its card; nothing is imported before it is asked for."""
