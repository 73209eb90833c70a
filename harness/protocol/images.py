"""Black-and-white images, one bit a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.integer] | int


@dataclass(frozen=True, eq=False)
class Images:
    """A read-only stack of one-bit images of one size.

    Attributes:
        packed: ``(n, ceil(height * width / 8))`` uint8; each row is ``numpy.packbits`` of one
            image in row-major order, 1 where there is ink.
        height: rows of pixels.
        width: columns of pixels.
    """

    packed: NDArray[np.uint8]
    height: int
    width: int

    def __post_init__(self) -> None:
        expected = -(-self.height * self.width // 8)
        if self.packed.ndim != 2 or self.packed.shape[1] != expected:
            raise ValueError(
                f"packed images have shape {self.packed.shape}, not (n, {expected}), "
                f"which {self.height} x {self.width} pixels need"
            )
        self.packed.flags.writeable = False

    @classmethod
    def from_ink(cls, ink: NDArray[np.bool_]) -> Images:
        """Pack ``(n, height, width)`` booleans, True where there is ink."""
        n, height, width = ink.shape
        return cls(np.packbits(ink.reshape(n, height * width), axis=1), height, width)

    def __len__(self) -> int:
        return len(self.packed)

    def ink(self, rows: Rows | slice = slice(None)) -> NDArray[np.bool_]:
        """Return the images at ``rows``: ``(*rows.shape, height, width)`` bool, True is ink."""
        packed = self.packed[rows]
        bits = np.unpackbits(packed, axis=-1, count=self.height * self.width)
        return bits.view(np.bool_).reshape(*packed.shape[:-1], self.height, self.width)

    def take(self, rows: Rows | slice) -> Images:
        """Return the images at ``rows``, in that order."""
        return Images(self.packed[rows], self.height, self.width)

    @cached_property
    def words(self) -> NDArray[np.uint64]:
        """The same bits as ``(n, ceil(bytes / 8))`` uint64, zero-padded: for popcounts."""
        n, n_bytes = self.packed.shape
        padded = np.zeros((n, -(-n_bytes // 8) * 8), np.uint8)
        padded[:, :n_bytes] = self.packed
        words = padded.view(np.uint64)
        words.flags.writeable = False
        return words

    @cached_property
    def digest(self) -> str:
        """sha256 of the packed rows, in hexadecimal: the identity of the pixels."""
        return sha256(np.ascontiguousarray(self.packed).data).hexdigest()
