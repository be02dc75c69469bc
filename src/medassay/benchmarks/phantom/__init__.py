"""The built-in benchmark: images drawn by formulas from a seed, so their truth is known by construction."""

from medassay import images
from medassay.benchmarks.phantom.card import BENCHMARK
from medassay.benchmarks.phantom.drawing import SCHEME, render
from medassay.benchmarks.phantom.loading import load

__all__ = ["BENCHMARK", "load", "render"]

images.register(SCHEME, render)
