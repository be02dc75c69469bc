"""How well near-duplicate images are found: copies of real images against different real images.

    python benchmarks/near_duplicates.py DIR        (the folder of shared real data)

Every image is changed as files are changed on their way between datasets, and looked for among the
originals of its set. Then the pairs of different images are counted that would be taken for one. Last, the
search alone on 100,000 drawn hashes.
"""

import io
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageEnhance
from PIL.Image import Image as Picture

from medassay.hygiene.near import RADIUS, near_duplicates, within
from medassay.hygiene.perceptual import look_of


def jpeg(picture: Picture, quality: int) -> Picture:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return PIL.Image.open(buffer).convert("RGB")


def crop(picture: Picture, share: float) -> Picture:
    x, y = round(picture.width * share), round(picture.height * share)
    return picture.crop((x, y, picture.width - x, picture.height - y))


def squared(picture: Picture) -> Picture:
    side = max(picture.size)
    whole = PIL.Image.new("RGB", (side, side))
    whole.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return whole


CHANGES: dict[str, Callable[[Picture], Picture]] = {
    "JPEG, quality 75": lambda p: jpeg(p, 75),
    "JPEG, quality 30": lambda p: jpeg(p, 30),
    "half the size": lambda p: p.resize((max(1, p.width // 2), max(1, p.height // 2))),
    "224 x 224": lambda p: p.resize((224, 224)),
    "brightness +20 %": lambda p: PIL.ImageEnhance.Brightness(p).enhance(1.2),
    "brightness -20 %": lambda p: PIL.ImageEnhance.Brightness(p).enhance(0.8),
    "contrast +30 %": lambda p: PIL.ImageEnhance.Contrast(p).enhance(1.3),
    "gamma 0.7": lambda p: p.point(lambda value: round(255 * (value / 255) ** 0.7)),
    "1 % cropped on each side": lambda p: crop(p, 0.01),
    "2 % cropped on each side": lambda p: crop(p, 0.02),
    "5 % cropped on each side": lambda p: crop(p, 0.05),
    "padded to a square": squared,
    "mirrored": lambda p: p.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT),
}


def sets(root: Path) -> Iterator[tuple[str, list[Picture]]]:
    for name, folder in (("VQA-RAD", "vqa_rad/images"), ("IDRiD", "idrid"), ("ROCOv2", "rocov2_sample/test")):
        files = sorted((root / folder).rglob("*.jpg"))
        yield name, [PIL.Image.open(path).convert("RGB") for path in files]
    with np.load(root / "pneumoniamnist/pneumoniamnist_github_variant.npz") as arrays:
        for split in ("test", "val"):
            yield (
                f"PneumoniaMNIST {split}",
                [PIL.Image.fromarray(a).convert("RGB") for a in arrays[f"{split}_images"]],
            )


def main(root: Path) -> None:
    for name, pictures in sets(root):
        started = time.perf_counter()
        looks = {str(i): look_of(picture) for i, picture in enumerate(pictures)}
        each = 1000 * (time.perf_counter() - started) / len(pictures)
        found = near_duplicates(looks, looks)
        equal = sum(pictures[int(n.first)].tobytes() == pictures[int(n.second)].tobytes() for n in found)
        pairs = len(pictures) * (len(pictures) - 1) // 2
        print(f"\n{name}: {len(pictures)} images, {each:.1f} ms for a look")
        print(f"  {len(found) - equal} of {pairs:,} pairs of different images taken for one; {equal} equal")
        for change, function in CHANGES.items():
            changed = {f"c{i}": look_of(function(picture)) for i, picture in enumerate(pictures)}
            pairs_found = {(n.first, n.second) for n in near_duplicates(looks, changed)}
            right = sum((str(i), f"c{i}") in pairs_found for i in range(len(pictures)))
            print(f"  {change:26} found {right / len(pictures):6.1%}")
    drawn = np.random.default_rng(0).integers(0, 2**64, 100_000, dtype=np.uint64)
    started = time.perf_counter()
    within(drawn, drawn, RADIUS)
    print(f"\n100,000 hashes against 100,000: {time.perf_counter() - started:.1f} s")


main(Path(sys.argv[1]))
