"""Putting small images together into a picture: beside and below each other, framed, captioned."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)
_LEADING = 8
"""Pixels between a line of text and what stands below it."""


def drawing(ink: NDArray[np.bool_], factor: int) -> Image:
    """Return ``ink (height, width)`` in black on white, each pixel ``factor`` pixels wide."""
    from PIL.Image import fromarray

    grey = np.where(ink, 0, 255).astype(np.uint8).repeat(factor, 0).repeat(factor, 1)
    return fromarray(grey).convert("RGB")


def beside(images: Sequence[Image], gap: int) -> Image:
    """Put images in a row, their tops in line."""
    width = sum(image.width for image in images) + gap * (len(images) - 1)
    canvas, left = _blank(width, max(image.height for image in images)), 0
    for image in images:
        canvas.paste(image, (left, 0))
        left += image.width + gap
    return canvas


def below(images: Sequence[Image], gap: int) -> Image:
    """Put images in a column, their left sides in line."""
    height = sum(image.height for image in images) + gap * (len(images) - 1)
    canvas, top = _blank(max(image.width for image in images), height), 0
    for image in images:
        canvas.paste(image, (0, top))
        top += image.height + gap
    return canvas


def bordered(image: Image, width: int, colour: Colour) -> Image:
    """Put a border around an image."""
    from PIL import ImageOps

    return ImageOps.expand(image, border=width, fill=colour)


def captioned(text: str, image: Image, size: int) -> Image:
    """Write a line of text above an image, and widen it where the text is longer."""
    width = math.ceil(_pen(image).textlength(text, font_size=size))
    canvas = _blank(max(image.width, width), image.height + size + _LEADING)
    _pen(canvas).text((0, 0), text, fill=_BLACK, font_size=size)
    canvas.paste(image, (0, size + _LEADING))
    return canvas


def signed(image: Image, text: str, size: int, colour: Colour) -> Image:
    """Write text into an image's upper left corner, on white."""
    signed = image.copy()
    pen, place = _pen(signed), (size // 2, size // 3)
    left, top, right, bottom = pen.textbbox(place, text, font_size=size)
    pen.rectangle((left - 2, top - 2, right + 2, bottom + 2), fill=WHITE)
    pen.text(place, text, fill=colour, font_size=size)
    return signed


def shrunk(image: Image, side: int) -> Image:
    """Return an image scaled to ``side`` pixels a side, its pixels averaged."""
    from PIL.Image import Resampling

    return image.resize((side, side), Resampling.BOX)


def png(image: Image) -> bytes:
    """Return an image as the bytes of a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def _blank(width: int, height: int) -> Image:
    from PIL.Image import new

    return new("RGB", (width, height), WHITE)


def _pen(image: Image) -> ImageDraw:
    from PIL.ImageDraw import Draw

    return Draw(image)
