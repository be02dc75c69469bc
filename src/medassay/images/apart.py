"""GDCM in a process of its own, for on some damaged JPEG streams it ends the process that it runs in.

One such process is kept for each of ours, begun with the first frame and anew when it has ended. It is sent a
DICOM file of one frame and sends back a .npy, or the reason why not.
"""

from __future__ import annotations

import atexit
import io
import os
import struct
import subprocess
import sys
import threading
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from medassay.errors import reason
from medassay.images.handles import Unreadable

_PATIENCE = 60.0  # seconds for one frame
_LENGTH = struct.Struct("<?Q")  # whether it went well, and how many bytes follow
_SAID = (
    "BitsAllocated",
    "BitsStored",
    "Columns",
    "HighBit",
    "PhotometricInterpretation",
    "PixelRepresentation",
    "PlanarConfiguration",
    "Rows",
    "SamplesPerPixel",
)
_held: dict[int, subprocess.Popen[bytes]] = {}  # by our own number: a fork has pipes of its own
_lock = threading.Lock()


def decoded(file: Any, stream: bytes) -> NDArray[Any]:
    """The pixels of one compressed frame of a file, as `pydicom.pixels.pixel_array` gives them by GDCM.

    Raises:
        Unreadable: it is damaged; says what GDCM said, or that it ended over it.
    """
    body = _single(file, stream)
    with _lock:
        child = _process()
        watch = threading.Timer(_PATIENCE, child.kill)
        watch.start()
        try:
            assert child.stdin
            assert child.stdout
            _send(child.stdin, True, body)
            well, content = _receive(child.stdout)
        except (OSError, EOFError) as error:
            _end(child)
            raise Unreadable("its JPEG stream is damaged: the decoder ended over it") from error
        finally:
            watch.cancel()
    if not well:
        raise Unreadable(content.decode())
    return np.asarray(np.lib.format.read_array(io.BytesIO(content), allow_pickle=False))


def _single(file: Any, stream: bytes) -> bytes:
    """A file of this one frame, with what its decoding depends on and nothing else."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate

    single = Dataset()
    single.file_meta = FileMetaDataset()
    single.file_meta.TransferSyntaxUID = file.file_meta.TransferSyntaxUID
    for name in _SAID:
        if name in file:
            setattr(single, name, file[name].value)
    single.PixelData = encapsulate([stream])
    single["PixelData"].VR, single["PixelData"].is_undefined_length = "OB", True
    body = io.BytesIO()
    single.save_as(body)
    return body.getvalue()


def _process() -> subprocess.Popen[bytes]:
    child = _held.get(os.getpid())
    if child is None or child.poll() is not None:
        command = [sys.executable, "-m", "medassay.images.apart"]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        _held[os.getpid()] = child
    return child


@atexit.register
def _end_ours() -> None:
    if child := _held.pop(os.getpid(), None):
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()


def _send(pipe: IO[bytes], well: bool, content: bytes) -> None:
    pipe.write(_LENGTH.pack(well, len(content)) + content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[bool, bytes]:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    well, length = _LENGTH.unpack(head)
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return well, content


def _answer(content: bytes) -> tuple[bool, bytes]:
    import pydicom
    from pydicom.pixels import pixel_array

    try:
        pixels = pixel_array(
            pydicom.dcmread(io.BytesIO(content), force=True), index=0, decoding_plugin="gdcm"
        )
    except Exception as error:  # noqa: BLE001  it goes back as words
        return False, f"cannot be decoded as DICOM ({type(error).__name__}: {reason(error)})".encode()
    body = io.BytesIO()
    np.lib.format.write_array(body, np.ascontiguousarray(pixels), allow_pickle=False)
    return True, body.getvalue()


if __name__ == "__main__":
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get among the answers
    while True:
        try:
            _, content = _receive(asked)
        except EOFError:
            break
        _send(answers, *_answer(content))
