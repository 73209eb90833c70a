"""A sprite holds every drawing where its number says, on transparent paper."""

from __future__ import annotations

import io
from base64 import b64decode

import numpy as np
from PIL import Image

from harness.protocol.images import Images
from harness.report.pictures.sprite import COLUMNS, sprite


def test_every_drawing_stands_where_its_number_says() -> None:
    ink = np.random.default_rng(0).random((COLUMNS + 3, 5, 7)) < 0.5
    made = sprite(Images.from_ink(ink))
    kind, _, data = made.url.partition(",")
    assert kind == "data:image/png;base64"
    pixels = np.asarray(Image.open(io.BytesIO(b64decode(data))).convert("RGBA"))
    assert pixels.shape == (made.rows * 5, made.columns * 7, 4)
    for number, drawing in enumerate(ink):
        row, column = divmod(number, made.columns)
        cut = pixels[row * 5 : row * 5 + 5, column * 7 : column * 7 + 7]
        assert (cut[drawing] == [0, 0, 0, 255]).all()
        assert (cut[~drawing][:, 3] == 0).all()


def test_a_thousand_drawings_stay_small() -> None:
    ink = np.zeros((1000, 105, 105), bool)
    ink[:, 20:24, 10:90] = True
    assert len(sprite(Images.from_ink(ink)).url) < 100_000
