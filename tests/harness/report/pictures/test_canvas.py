from __future__ import annotations

import io

import numpy as np
from PIL import Image

from harness.report.pictures import canvas


def test_ink_is_black_and_enlarged() -> None:
    ink = np.array([[True, False], [False, False]])
    image = canvas.drawing(ink, 3)
    assert image.size == (6, 6)
    assert (np.asarray(image)[:3, :3] == 0).all()
    assert (np.asarray(image)[3:] == 255).all()


def test_images_are_put_together() -> None:
    small, large = (canvas.drawing(np.ones((side, side), bool), 1) for side in (2, 5))
    assert canvas.beside([small, large], 1).size == (8, 5)
    assert canvas.below([small, large], 1).size == (5, 8)
    assert canvas.bordered(small, 3, canvas.WHITE).size == (8, 8)
    assert canvas.shrunk(large, 2).size == (2, 2)


def test_a_caption_widens_a_narrow_image() -> None:
    small = canvas.drawing(np.ones((2, 2), bool), 1)
    captioned = canvas.captioned("a long caption", small, 12)
    assert captioned.width > 50 and captioned.height == 2 + 12 + 8


def test_signing_leaves_the_original_alone() -> None:
    image = canvas.drawing(np.ones((40, 40), bool), 1)
    signed = canvas.signed(image, "7", 12, (0, 158, 115))
    assert (np.asarray(image) == 0).all()
    assert (np.asarray(signed) != 0).any()


def test_png_reads_back() -> None:
    image = canvas.drawing(np.eye(4, dtype=bool), 1)
    again = Image.open(io.BytesIO(canvas.png(image)))
    assert again.format == "PNG"
    assert np.array_equal(np.asarray(again), np.asarray(image))
