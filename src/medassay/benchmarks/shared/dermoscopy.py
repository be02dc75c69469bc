"""The classes of the dermoscopic sets by their codes, and the sentences that describe them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from medassay.benchmarks.shared.labels import Label, named

QUESTION = "Which skin lesion does this dermoscopic image show?"
TEMPLATES = (
    "a dermoscopic image of {}",
    "a dermatoscopy photo showing {}",
    "a close-up of a skin lesion, {}",
)
LABELS: Mapping[str, Label] = MappingProxyType(
    dict(
        zip(
            ("MEL", "NV", "BCC", "AKIEC", "AK", "BKL", "DF", "VASC", "SCC", "UNK"),
            named(
                "melanoma|malignant melanoma",
                "melanocytic nevus|benign mole",
                "basal cell carcinoma|BCC",
                "actinic keratosis|Bowen's disease|intraepithelial carcinoma",
                "actinic keratosis|solar keratosis",
                "benign keratosis|seborrheic keratosis|solar lentigo",
                "dermatofibroma",
                "vascular lesion|angioma",
                "squamous cell carcinoma|SCC",
                "other lesion|another kind of skin lesion",
            ),
            strict=True,
        )
    )
)
"""By the code of the ISIC challenges; `AKIEC` (2018) holds actinic keratosis and Bowen's disease together."""
