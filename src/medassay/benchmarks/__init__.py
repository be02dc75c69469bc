"""The catalogue: one module per dataset, each with its card `BENCHMARK` and its `load`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BENCHMARKS: Mapping[str, str] = MappingProxyType(
    {
        "chexpert-plus": "medassay.benchmarks.chexpert_plus:BENCHMARK",
        "iu-xray": "medassay.benchmarks.iu_xray:BENCHMARK",
        "mediconfusion": "medassay.benchmarks.mediconfusion:BENCHMARK",
        "mimic-cxr": "medassay.benchmarks.mimic_cxr:BENCHMARK",
        "phantom": "medassay.benchmarks.phantom:BENCHMARK",
        "pneumoniamnist": "medassay.benchmarks.pneumoniamnist:BENCHMARK",
        "rocov2": "medassay.benchmarks.rocov2:BENCHMARK",
        "vqa-rad": "medassay.benchmarks.vqa_rad:BENCHMARK",
    }
)
"""Name -> `module:attribute` of its card; nothing is imported before it is asked for."""
