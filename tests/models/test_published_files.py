"""The files of MedCLIP and PMC-CLIP: every name in them used, none left over, and where they come from."""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from medassay import registry
from medassay.errors import ModelError, UsageError
from medassay.models.encoders import fetching, open_encoder, resnet
from medassay.models.encoders.layouts import MEDCLIP_SWIN as ADDRESS
from medassay.models.encoders.weights import placed
from medassay.workflows.named import resolve_model

from .builders import published as layout

Folder = Callable[[str], Path]
FAMILIES = ("medclip-swin", "medclip-resnet", "pmc-clip")
LAYOUTS = {
    "medclip-vit": layout.MEDCLIP_SWIN,
    "medclip-resnet50": layout.MEDCLIP_RESNET,
    "pmc-clip": {f"{file}/{n}": shape for file, part in layout.PMC_CLIP.items() for n, shape in part.items()},
}
COUNTED = ("position_ids", "relative_position_index", "num_batches_tracked", "running_mean", "running_var")


def opened(folder: Path) -> Any:
    return open_encoder(str(folder), device="cpu")


def copied(folder: Path, target: Path, *, without: str = "", extra: str = "") -> Path:
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    name = "text_encoder.pth" if (target / "text_encoder.pth").exists() else "pytorch_model.bin"
    held = dict(torch.load(target / name, weights_only=True))
    held.pop(without, None)
    torch.save(held | ({extra: torch.zeros(2)} if extra else {}), target / name)
    return target


def test_the_layouts_are_as_large_as_the_published_ones():
    """The published Swin has 231 names, 219 tensors of numbers, and with the texts 546,888,925 bytes."""
    swin = [name for name in layout.MEDCLIP_SWIN if name.startswith("vision_model.model.")]
    assert len(swin) == 231
    assert sum(not name.endswith("relative_position_index") for name in swin) == 219
    integers = ("position_ids", "relative_position_index")
    sizes = [(8 if n.endswith(integers) else 4) * math.prod(s) for n, s in layout.MEDCLIP_SWIN.items()]
    assert 0 < 546_888_925 - sum(sizes) < 500 * len(sizes)  # what a ZIP adds to each tensor
    assert "vision_model.projection_head.weight" not in layout.MEDCLIP_RESNET
    assert layout.MEDCLIP_RESNET["vision_model.model.fc.weight"] == (512, 2048)
    images = layout.PMC_CLIP["image_encoder(resnet50).pth"]
    assert images["attnpool.positional_embedding"] == (50, 2048)
    assert images["attnpool.c_proj.weight"] == (768, 2048)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_card_counts_the_parameters_of_its_layout(name: str):
    learned = sum(math.prod(s) for n, s in LAYOUTS[name].items() if not n.endswith(COUNTED))
    assert registry.find("model", name).parameters == f"{learned / 1e6:.2f} M"


@pytest.mark.parametrize("family", FAMILIES)
def test_every_name_is_used_and_none_is_left_over(checkpoint: Folder, tmp_path: Path, family: str):
    opened(checkpoint(family)).load()
    with pytest.raises(ModelError, match=r"left over|unexpected keys"):
        opened(copied(checkpoint(family), tmp_path, extra="encoder.layer.0.another.weight")).load()


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("medclip-swin", "vision_model.model.encoder.layers.1.blocks.0.attention.self.key.weight"),
        ("medclip-swin", "text_model.model.encoder.layer.2.output.dense.bias"),
        ("medclip-swin", "logit_scale"),
        ("medclip-resnet", "vision_model.model.layer4.1.bn2.running_var"),
        ("medclip-resnet", "text_model.projection_head.weight"),
        ("pmc-clip", "pooler.dense.weight"),
    ],
)
def test_a_name_that_is_missing_is_never_drawn_at_random(
    checkpoint: Folder, tmp_path: Path, family: str, name: str
):
    with pytest.raises(ModelError, match=r"not the weights of a MedClipEncoder|missing keys"):
        opened(copied(checkpoint(family), tmp_path, without=name)).load()


@pytest.mark.parametrize(
    ("network", "shapes"),
    [
        (resnet.plain, layout.resnet(8, (2, 1, 1, 2), 24)),
        (resnet.modified, layout.modified_resnet(8, (2, 1, 1, 2), 24, 2)),
    ],
)
def test_every_tensor_of_a_residual_network_changes_what_it_sees(network: Any, shapes: Any):
    torch.manual_seed(0)
    held = layout.drawn(shapes)
    pixels = torch.randn(1, 3, 64, 64)
    before = network(placed(held, dtype="float32", device="cpu"), pixels)
    # A bias of all keys moves all scores of a query alike, so the softmax does not see it.
    learned = [n for n in held if not n.endswith(("num_batches_tracked", "k_proj.bias"))]
    for name in learned:
        other = held | {name: held[name] * 1.5 + 0.1}
        assert not torch.equal(before, network(placed(other, dtype="float32", device="cpu"), pixels)), name


def test_code_in_the_place_of_weights_is_not_run(checkpoint: Folder, tmp_path: Path):
    folder = copied(checkpoint("medclip-resnet"), tmp_path)
    mark = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (mark,))

    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"logit_scale": Evil()}))
    with pytest.raises(ModelError, match="the weights cannot be read"):
        opened(folder).load()
    assert not mark.exists()


@pytest.mark.parametrize(
    ("name", "family"),
    [("medclip-vit", "medclip-swin"), ("medclip-resnet50", "medclip-resnet"), ("pmc-clip", "pmc-clip")],
)
def test_a_card_fetches_its_files_and_loads_them(
    checkpoint: Folder, monkeypatch: pytest.MonkeyPatch, name: str, family: str
):
    asked = []

    def fetched(word: str, files: tuple[str, ...], revision: str | None) -> Path:
        asked.append((word, files, revision))
        return checkpoint(family)

    monkeypatch.setattr("medassay.models.encoders.fetched", fetched)
    model: Any = resolve_model(name).model
    model.encoder.load()
    [(word, files, revision)] = asked
    assert "://" not in word or word.endswith(".zip")
    assert files == type(model.encoder).files
    assert revision is None


def test_a_zip_is_fetched_once_and_only_its_weights_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("pretrained/pytorch_model.bin", b"weights")
        archive.writestr("../other.txt", b"no")
    calls = []

    def urlopen(address: str, timeout: int) -> io.BytesIO:
        calls.append(address)
        return io.BytesIO(packed.getvalue())

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    first = fetching.fetched(ADDRESS, ("pytorch_model.bin",))
    assert fetching.fetched(ADDRESS, ("pytorch_model.bin",)) == first
    assert calls == [ADDRESS]
    assert [path.name for path in first.iterdir()] == ["pytorch_model.bin"]
    assert (first / "pytorch_model.bin").read_bytes() == b"weights"
    packed.truncate(40)
    with pytest.raises(ModelError, match="unpack it into a folder"):
        fetching.fetched("https://example.org/other.zip", ("pytorch_model.bin",))


def test_a_file_that_is_missing_is_named(checkpoint: Folder, tmp_path: Path):
    folder = copied(checkpoint("pmc-clip"), tmp_path)
    (folder / "text_projection_layer.pth").unlink()
    with pytest.raises(ModelError, match=r"text_projection_layer\.pth: not there"):
        opened(folder)


def test_what_they_do_not_have_is_refused(checkpoint: Folder):
    with pytest.raises(ModelError, match="a revision belongs to what is"):
        open_encoder(str(checkpoint("pmc-clip")), revision="main", device="cpu")
    with pytest.raises(UsageError, match="no matching head"):
        open_encoder(str(checkpoint("pmc-clip")), score="matching", device="cpu")
