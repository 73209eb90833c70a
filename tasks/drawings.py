"""Drawings in ink: PNGs read as one-bit images."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from harness import DataError, Images
from tasks.file_tree import FileTree

MAX_SIDE = 1024
SIGNATURE = b"\x89PNG\r\n\x1a\n"
NOT_A_PNG = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""The errors that Pillow raises for a damaged file."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """Rows and columns of pixels."""

    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.height} x {self.width}"


def read_drawings(tree: FileTree, names: Sequence[str], size: Size | None = None) -> Images:
    """Read PNGs of one size, in the order of ``names``.

    Pixels darker than middle grey are ink; transparent pixels are paper.

    Args:
        tree: the files.
        names: the names of the PNGs.
        size: the size that each must have; None for the size of the first.

    Raises:
        DataError: a file is damaged, not a PNG, or of another size.
    """
    rows, rule = [], "all must be"
    for name in names:
        png = tree.read(name)
        found = _size(png)
        if found is None:
            raise DataError(f"{tree.path}: {name} is not a PNG; replace it")
        if size is None:
            size, rule = found, f"{name} is"
        if found != size:
            raise DataError(
                f"{tree.path}: {name} is {found} pixels; {rule} {size}: make them one size"
            )
        rows.append(np.packbits(_read_ink(tree, name, png, found)))
    if size is None:
        raise DataError(f"{tree.path}: it holds no PNG; name a folder that holds some")
    return Images(np.stack(rows), size.height, size.width)


def _read_ink(tree: FileTree, name: str, png: bytes, size: Size) -> NDArray[np.bool_]:
    if max(size.height, size.width) > MAX_SIDE:
        raise DataError(
            f"{tree.path}: {name} is {size} pixels; at most {MAX_SIDE} on a side are allowed: "
            "shrink it"
        )
    try:
        return _ink(png)
    except NOT_A_PNG as failure:
        reason = " ".join(str(failure).split())
        raise DataError(f"{tree.path}: {name} is a damaged PNG ({reason}); replace it") from failure


def _size(png: bytes) -> Size | None:
    """Return the size in a PNG's header, so that a huge image is refused before it is decoded."""
    if len(png) < 33 or not png.startswith(SIGNATURE) or png[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", png[16:24])
    return Size(height=height, width=width) if width and height else None


def _ink(png: bytes) -> NDArray[np.bool_]:
    """Return ``(height, width)``, True where there is ink."""
    from PIL import Image

    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        if image.has_transparency_data:
            paper = Image.new("RGBA", image.size, "white")
            return (
                np.asarray(Image.alpha_composite(paper, image.convert("RGBA")).convert("L")) < 128
            )
        if image.mode == "1":  # as in Omniglot: the bits are the pixels, and this is fastest
            return ~np.asarray(image)
        if image.mode.startswith("I"):  # 16 bits of grey, which convert("L") would clip
            return np.asarray(image).astype(np.int64) < 2**15
        return np.asarray(image.convert("L")) < 128
