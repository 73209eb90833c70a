"""Sprites: many drawings in one picture, from which a page cuts each."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.protocol.images import Images

COLUMNS = 32


@dataclass(frozen=True, kw_only=True)
class Sprite:
    """A picture of drawings, side by side, row after row.

    Attributes:
        url: the picture itself, as a ``data:`` address; ink is black, paper is transparent, so
            that it lies on whatever colour a page has.
        width: of one drawing, in pixels.
        height: of one drawing, in pixels.
        columns: drawings in a row of the picture.
        rows: rows of the picture.
    """

    url: str
    width: int
    height: int
    columns: int
    rows: int


def sprite(images: Images) -> Sprite:
    """Return the picture of all images, in their order; at least one."""
    n_rows = -(-len(images) // COLUMNS)
    sheet = np.zeros((n_rows * COLUMNS, images.height, images.width), bool)
    sheet[: len(images)] = images.ink()
    tiled = sheet.reshape(n_rows, COLUMNS, images.height, images.width).swapaxes(1, 2)
    picture = _png(tiled.reshape(n_rows * images.height, COLUMNS * images.width))
    return Sprite(
        url=f"data:image/png;base64,{b64encode(picture).decode('ascii')}",
        width=images.width,
        height=images.height,
        columns=COLUMNS,
        rows=n_rows,
    )


def _png(ink: NDArray[np.bool_]) -> bytes:
    from PIL import Image

    picture = Image.fromarray(ink.astype(np.uint8))
    picture.putpalette([255, 255, 255, 0, 0, 0])  # 0 is paper, 1 is ink
    buffer = io.BytesIO()
    # of strokes on empty paper, runs of one value (zlib's strategy 3) take the least room and time
    picture.save(buffer, "png", bits=1, transparency=0, compress_type=3)
    return buffer.getvalue()
