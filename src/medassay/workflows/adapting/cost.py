"""What a training takes: seconds, and memory at its peak."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"  # proc(5): sets the peak resident size to the current one


class Meter:
    """Measures from when it is made. Of memory it knows this process alone."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._from_here = _reset_resident()
        for device in _devices():
            sys.modules["torch"].cuda.reset_peak_memory_stats(device)

    def read(self, *, elsewhere: bool = False) -> dict[str, Any]:
        """Seconds, and bytes at the peak: resident, and as torch holds them on all GPUs together.

        Memory is None where it cannot be told: on GPUs without one, of the process where the system does
        not count from a moment on (Linux does), and all of it where other processes did the work.

        Args:
            elsewhere: other processes did the work.
        """
        devices = _devices()
        cuda = sys.modules["torch"].cuda if devices else None
        on_gpus = sum(cuda.max_memory_allocated(each) for each in devices) if cuda else None
        return {
            "seconds": round(time.perf_counter() - self._began, 3),
            "peak_resident_bytes": _peak_resident() if self._from_here and not elsewhere else None,
            "peak_gpu_bytes": None if elsewhere else on_gpus,
        }


def _devices() -> range:
    """The GPUs that this process has begun to use."""
    torch = sys.modules.get("torch")
    ready = torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized()
    return range(torch.cuda.device_count() if torch is not None and ready else 0)


def _reset_resident() -> bool:
    try:
        _RESET.write_text(_RESET_PEAK)
    except OSError:
        return False
    return True


def _peak_resident() -> int | None:
    """VmHWM of proc(5), in bytes; the file states it in kB of 1,024."""
    lines = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    held = next((line.split() for line in lines if line.startswith("VmHWM:")), None)
    return int(held[1]) * 1024 if held else None
