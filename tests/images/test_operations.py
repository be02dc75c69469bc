import numpy as np
import PIL.Image
import pytest

from medassay.images import noised, open_image
from medassay.types import Image


@pytest.fixture
def path(tmp_path):
    PIL.Image.new("RGB", (40, 30), (200, 10, 10)).save(tmp_path / "red.png")
    return tmp_path / "red.png"


def shown(path, *ops):
    return np.asarray(open_image(Image(uri=str(path), ops=ops)))


def test_nothing_is_left_of_the_picture(path):
    drawn = shown(path, noised(3, sd=1.0))
    assert drawn.shape == (30, 40, 3)
    np.testing.assert_array_equal(drawn, shown(path, noised(3, sd=1.0)))
    assert (drawn != shown(path, noised(4, sd=1.0))).any()


@pytest.mark.parametrize(("sd", "black", "white"), [(1.0, 0.5, 0.1587), (10.0, 0.5, 0.4602)])
def test_values_are_a_clipped_normal(path, sd, black, white):
    """P(z <= 0) = 1/2 and P(z >= 1 / sd) of the standard normal, to three standard errors of 3,600 draws."""
    drawn = shown(path, noised(0, sd=sd))
    assert (drawn == 0).mean() == pytest.approx(black, abs=0.026)
    assert (drawn == 255).mean() == pytest.approx(white, abs=0.026)
