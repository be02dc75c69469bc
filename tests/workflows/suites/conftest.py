"""The fixtures of the datasets, for suites over them."""

from tests.benchmarks.conftest import folder

__all__ = ["folder"]
