"""Recipes that change what a model can do, by the name that `medassay adapt` knows them under.

A recipe takes examples and an encoder and leaves a head; it never sees a test sample.
"""

from __future__ import annotations

RECIPES = {
    "linear-probe": "medassay.adaptation.linear_probe:linear_probe",
    "linear-probe@medvlmbench": "medassay.adaptation.published_probe:medvlmbench_probe",
}
"""Functions by name; `@` marks a published setting."""
