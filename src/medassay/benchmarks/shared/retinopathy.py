"""The grades 0 to 4 of diabetic retinopathy on the international scale, for every dataset that has them."""

from __future__ import annotations

from medassay.benchmarks.shared.labels import named

QUESTION = "Which grade of diabetic retinopathy does this fundus photograph show?"
TEMPLATES = ("a fundus photograph with {}", "a retinal image showing {}", "color fundus photography, {}")
GRADES = named(
    "no diabetic retinopathy|a retina without diabetic retinopathy",
    "mild non-proliferative diabetic retinopathy|microaneurysms only",
    "moderate non-proliferative diabetic retinopathy|moderate NPDR",
    "severe non-proliferative diabetic retinopathy|severe NPDR",
    "proliferative diabetic retinopathy|retinal neovascularization",
)
