"""What a DICOM file says about its grey values, and its lookup tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from medassay.images.depth import Levels, linear, range_of, shown
from medassay.images.lookup import bits_of, looked_up

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


@dataclass(frozen=True)
class Grey:
    """The settings that hold for one frame: of its own functional groups, the shared ones, or the file."""

    file: Any  # a pydicom.Dataset
    frame: int

    @property
    def modality(self) -> str:
        """CT, MR, CR, ..."""
        return str(self.file.get("Modality", "of unknown modality"))

    @property
    def inverted(self) -> bool:
        """Whether the least value is meant to be white."""
        return bool(self.file.PhotometricInterpretation == "MONOCHROME1")

    def values(self, stored: NDArray[Any]) -> NDArray[Any]:
        """What the stored values mean: the modality LUT, or slope and intercept (CT: Hounsfield units)."""
        settings = self._group("PixelValueTransformationSequence")
        if settings.get("ModalityLUTSequence"):
            return looked_up(stored, settings.ModalityLUTSequence[0])
        if "RescaleSlope" in settings and "RescaleIntercept" in settings:
            return stored * float(settings.RescaleSlope) + float(settings.RescaleIntercept)
        return stored

    def padding(self, stored: NDArray[Any]) -> NDArray[np.bool_] | None:
        """Where nothing was measured (PS3.3 C.7.5.1.1.2); None if the file does not tell."""
        if self.file.get("PixelPaddingValue") is None:
            return None
        value = int(self.file.PixelPaddingValue)
        ends = (value, int(self.file.get("PixelPaddingRangeLimit", value)))
        return (stored >= min(ends)) & (stored <= max(ends))

    def windowed(self, stored: NDArray[Any], padding: NDArray[np.bool_] | None) -> Picture:
        """The picture as the file wants it shown: its VOI LUT, else its first window, else all values."""
        settings, values = self._group("FrameVOILUTSequence"), self.values(stored)
        if settings.get("VOILUTSequence"):
            item = settings.VOILUTSequence[0]
            return shown(looked_up(values, item), (0, 2 ** bits_of(item) - 1))
        center, width = (_first(settings.get(name)) for name in ("WindowCenter", "WindowWidth"))
        if center is None or width is None or width <= 0:
            return shown(values, self._range(stored, padding))
        function = settings.get("VOILUTFunction", "LINEAR")
        if function == "SIGMOID":
            return shown(1 / (1 + np.exp(-4 * (values - center) / width)), (0, 1))
        if function == "LINEAR_EXACT" or width < 1:
            return shown(values, (center - width / 2, center + width / 2))
        return shown(values, linear(center, width))

    def _range(self, stored: NDArray[Any], padding: NDArray[np.bool_] | None) -> Levels:
        """All that 8 bits can hold, as in any other file of 8 bits; of more bits what was measured."""
        if stored.dtype == np.uint8:
            return range_of(self.values(np.arange(2**self.file.BitsStored, dtype=np.uint8)))
        measured = stored if padding is None or padding.all() else stored[~padding]
        return range_of(self.values(measured))

    def _group(self, name: str) -> Any:
        """The item of a functional group for this frame; the file itself where it has no such groups."""
        per_frame = self.file.get("PerFrameFunctionalGroupsSequence") or []
        shared = self.file.get("SharedFunctionalGroupsSequence") or []
        for groups in (*per_frame[self.frame : self.frame + 1], *shared[:1]):
            if groups.get(name):
                return getattr(groups, name)[0]
        return self.file


def _first(value: Any) -> float | None:
    """The first of the values of an element that may have several, or none."""
    if value is None or value == "":
        return None
    return float(value) if isinstance(value, (int, float, str)) else float(value[0])
