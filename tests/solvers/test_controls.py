"""The three controls change the pictures and nothing else."""

import numpy as np
import PIL.Image
import pytest
from tests.solvers.kit import case, context, picture, texts, walk

from medassay.errors import DataError
from medassay.images import open_image, read_bytes
from medassay.prompts import interleaved, plain
from medassay.solvers import CONTROLS, SOLVERS
from medassay.solvers.blank import blank
from medassay.solvers.blind import blind
from medassay.solvers.mismatched import Mismatched
from medassay.types import Image


def asked(solver, of, request):
    _, [[changed]] = walk(solver(of, request), lambda _: "yes")
    return changed


def test_blind_shows_no_image_and_keeps_the_words():
    of = case(images=("a", "b"))
    changed = asked(blind, of, plain(of))
    assert changed.images == ()
    assert texts(changed) == texts(plain(of))


def test_blank_is_even_and_of_the_same_size(tmp_path):
    path = tmp_path / "scan.png"
    PIL.Image.fromarray(np.arange(60, dtype=np.uint8).reshape(6, 10)).save(path)
    of = case(images=())
    request = plain(of)
    shown = Image(uri=str(path), digest="sha256:0", size=(10, 6))
    with_image = type(request.messages[0])(role="user", parts=(shown, "Is it large?"))
    changed = asked(blank, of, type(request)(messages=(with_image,)))
    [image] = changed.images
    opened = open_image(image)
    assert opened.size == (10, 6)
    assert np.ptp(np.asarray(opened)) == 0
    assert read_bytes(image) != path.read_bytes()
    assert image.content() != shown.content()


def test_mismatched_shows_the_strangers_in_the_place_of_its_own():
    of = case("<image 2> or <image 1>?", images=("a", "b"))
    solver = Mismatched().begin(context(strangers=lambda: {of.id: (picture("x"), picture("y"))}))
    changed = asked(solver, of, interleaved(of))
    assert [image.uri for image in interleaved(of).images] == ["b.png", "a.png"]
    assert [image.uri for image in changed.images] == ["y.png", "x.png"]
    assert texts(changed) == texts(interleaved(of))


def test_without_a_stranger_the_row_fails_and_without_an_image_it_is_asked_as_it_is():
    solver = Mismatched().begin(context())
    with pytest.raises(DataError, match="no other patient has images"):
        next(solver(case(), plain(case())))
    alone = case(images=())
    assert asked(solver, alone, plain(alone)) == plain(alone)


def test_the_controls_are_in_the_registry():
    assert set(CONTROLS) <= set(SOLVERS)
