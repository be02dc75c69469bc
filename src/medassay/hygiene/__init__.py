"""Is a benchmark clean: what its parts share, what its answers give away, what is missing.

A layer beside the metrics: it takes samples and looks at them; it knows no benchmark, no model and no file
format. `docs/hygiene.md` says how well near-duplicates are found.
"""

from medassay.hygiene.across import audit_across
from medassay.hygiene.audit import Audit, Size, audit_of
from medassay.hygiene.findings import Finding, Pair, Sight, Table
from medassay.hygiene.parts import Album, Part

__all__ = ["Album", "Audit", "Finding", "Pair", "Part", "Sight", "Size", "Table", "audit_across", "audit_of"]
