"""The catalogue: one module per dataset, each with its card `BENCHMARK` and its `load`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BENCHMARKS: Mapping[str, str] = MappingProxyType(
    {
        "medxpertqa-mm": "medassay.benchmarks.medxpertqa:MM",
        "medxpertqa-text": "medassay.benchmarks.medxpertqa:TEXT",
        "mmmu": "medassay.benchmarks.mmmu:BENCHMARK",
        "mmmu-pro": "medassay.benchmarks.mmmu_pro:BENCHMARK",
        "omnimedvqa": "medassay.benchmarks.omnimedvqa:BENCHMARK",
        "pathvqa": "medassay.benchmarks.pathvqa:BENCHMARK",
        "phantom": "medassay.benchmarks.phantom:BENCHMARK",
        "pmc-vqa": "medassay.benchmarks.pmc_vqa:BENCHMARK",
        "pneumoniamnist": "medassay.benchmarks.pneumoniamnist:BENCHMARK",
        "rocov2": "medassay.benchmarks.rocov2:BENCHMARK",
        "slake": "medassay.benchmarks.slake:BENCHMARK",
        "vqa-rad": "medassay.benchmarks.vqa_rad:BENCHMARK",
    }
)
"""Name -> `module:attribute` of its card; nothing is imported before it is asked for."""
