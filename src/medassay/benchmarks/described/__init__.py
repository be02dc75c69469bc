"""A dataset without Python: described in a YAML file, or by the header of a table."""

from medassay.benchmarks.described.card import read

__all__ = ["read"]
