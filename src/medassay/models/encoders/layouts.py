"""Encoders that are published in a layout of their own: where, and by which file a folder is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medassay.models.checkpoint import CONFIG, OPEN_CLIP_CONFIG
from medassay.models.encoders import medclip, pmc_clip
from medassay.models.encoders.medclip import MedClipEncoder
from medassay.models.encoders.pmc_clip import PmcClipEncoder
from medassay.models.encoders.published import PublishedEncoder

MEDCLIP_SWIN = "https://storage.googleapis.com/pytrial/medclip-vit-pretrained.zip"
MEDCLIP_RESNET = "https://storage.googleapis.com/pytrial/medclip-pretrained.zip"
PMC_CLIP = "datasets/axiong/pmc_oa"

_BY_ADDRESS: Mapping[str, type[PublishedEncoder]] = {
    MEDCLIP_SWIN: MedClipEncoder,
    MEDCLIP_RESNET: MedClipEncoder,
    PMC_CLIP: PmcClipEncoder,
}
_BY_FILE: Mapping[str, type[PublishedEncoder]] = {
    medclip.WEIGHTS: MedClipEncoder,  # without a configuration: nothing else is published so
    pmc_clip.IMAGES: PmcClipEncoder,
}


def layout_of(word: str) -> type[PublishedEncoder] | None:
    """The encoder whose published address or folder that is; None for everything else."""
    folder = Path(word).expanduser()
    if folder.is_dir() and not any((folder / name).is_file() for name in (CONFIG, OPEN_CLIP_CONFIG)):
        return next((kind for file, kind in _BY_FILE.items() if (folder / file).is_file()), None)
    return _BY_ADDRESS.get(word)
