import subprocess
import sys

import medassay

PUBLIC = [
    "Benchmark",
    "Box",
    "Case",
    "Choice",
    "Comparison",
    "Cut",
    "DataError",
    "Decoding",
    "Encoder",
    "Estimate",
    "Image",
    "ImageError",
    "Measure",
    "MedassayError",
    "Message",
    "Metric",
    "MissingExtra",
    "Model",
    "ModelCard",
    "ModelError",
    "Op",
    "Request",
    "Response",
    "Row",
    "Run",
    "Sample",
    "Score",
    "Step",
    "StoreError",
    "Style",
    "Target",
    "UnknownName",
    "Usage",
    "UsageError",
    "Where",
    "adapt",
    "check_benchmark",
    "check_model",
    "compare",
    "export",
    "fairness",
    "judge",
    "load_run",
    "open_image",
    "read_bytes",
    "run",
    "score",
]


def test_the_public_names_are_pinned_and_each_can_be_had():
    assert sorted(medassay.__all__) == sorted(PUBLIC)
    assert all(getattr(medassay, name) is not None for name in medassay.__all__)


def test_importing_the_package_loads_nothing_heavy():
    heavy = "torch transformers sklearn scipy pandas pyarrow openai matplotlib numpy PIL rich"
    code = (
        f"import sys, medassay.cli; held = set('{heavy}'.split()) & set(sys.modules); assert not held, held"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_types_load_nothing_but_numpy():
    heavy = "torch transformers sklearn scipy pandas pyarrow openai matplotlib PIL rich"
    code = (
        "import sys, medassay.statistics, medassay.metrics, medassay.engine, medassay.benchmarks;"
        f"held = set('{heavy}'.split()) & set(sys.modules); assert not held, held"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
