from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness import DataError
from tasks.drawings import Size, read_drawings
from tasks.file_tree import open_tree

INK = np.random.default_rng(0).random((13, 10)) < 0.4


def saved(image: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def grey(ink: NDArray[np.bool_]) -> Image.Image:
    return Image.fromarray(np.where(ink, 0, 255).astype(np.uint8))


def transparent() -> Image.Image:
    """Ink is opaque black, and paper is transparent black."""
    return Image.fromarray(np.stack([0 * INK] * 3 + [255 * INK], axis=2).astype(np.uint8))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered() -> bytes:
    """A one-bit PNG whose lines are stored as differences, as Omniglot's are not."""
    lines = np.packbits(~INK, axis=1)
    differences = np.diff(lines, axis=0, prepend=np.zeros((1, 2), np.uint8)).astype(np.uint8)
    raw = np.concatenate([np.full((13, 1), 2, np.uint8), differences], axis=1)
    header = struct.pack(">IIBBBBB", 10, 13, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(raw.tobytes()))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def read(folder: Path, *pngs: bytes, size: Size | None = None) -> NDArray[np.bool_]:
    names = [f"{number}.png" for number in range(len(pngs))]
    for name, data in zip(names, pngs, strict=True):
        (folder / name).write_bytes(data)
    return read_drawings(open_tree(folder), names, size).ink()


ALIKE = {
    "one bit": saved(grey(INK).convert("1")),
    "one bit, filtered": filtered(),
    "grey": saved(grey(INK)),
    "grey, 16 bits": saved(Image.fromarray(np.where(INK, 30000, 40000).astype(np.uint16))),
    "just dark enough": saved(Image.fromarray(np.where(INK, 127, 128).astype(np.uint8))),
    "colour": saved(grey(INK).convert("RGB")),
    "palette": saved(grey(INK).convert("RGB").quantize(2)),
    "alpha": saved(transparent()),
    "grey, paper transparent": saved(grey(INK), transparency=255),
    "one bit, paper transparent": saved(grey(INK).convert("1"), transparency=1),
}


@pytest.mark.parametrize("png", ALIKE.values(), ids=ALIKE)
def test_every_kind_of_png_gives_the_same_ink(tmp_path: Path, png: bytes) -> None:
    assert (read(tmp_path, png)[0] == INK).all()


def test_another_size_names_both(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1\.png is 13 x 9 pixels; 0\.png is 13 x 10"):
        read(tmp_path, saved(grey(INK)), saved(grey(INK[:, :9])))
    with pytest.raises(DataError, match=r"0\.png is 13 x 10 pixels; all must be 105 x 105"):
        read(tmp_path, saved(grey(INK)), size=Size(height=105, width=105))


def test_a_size_beyond_all_measure_is_refused_before_decoding(tmp_path: Path) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0))
    with pytest.raises(DataError, match="60000 x 60000 pixels; at most 1024 on a side are allowed"):
        read(tmp_path, b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b""))


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(50), b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_png(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DataError, match=r"0\.png is not a PNG"):
        read(tmp_path, data)


@pytest.mark.parametrize("kind", ["one bit", "grey", "colour", "one bit, filtered"])
@pytest.mark.parametrize("n_kept", [33, 45, -30])
def test_a_damaged_png(tmp_path: Path, kind: str, n_kept: int) -> None:
    with pytest.raises(DataError, match=r"0\.png is a damaged PNG \("):
        read(tmp_path, ALIKE[kind][:n_kept])


@pytest.mark.parametrize("kind", ["one bit", "grey"])
def test_a_flipped_bit_is_noticed(tmp_path: Path, kind: str) -> None:
    png = bytearray(ALIKE[kind])
    png[-20] ^= 1  # in the sum that ends the compressed pixels
    with pytest.raises(DataError, match=r"0\.png is a damaged PNG \("):
        read(tmp_path, bytes(png))
