"""Random numbers that are the same on every machine and under every numpy version.

They are the raw words of PCG64 and integer arithmetic alone. numpy guarantees these words for
good, but may change how its generators make floats and choices of them (NEP 19).
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray


class Words:
    """A stream of random 64-bit words, another for each seed and stream name.

    Arrays are filled row by row, so the first m rows of n are the first m of any larger n.
    """

    def __init__(self, seed: int, stream: str) -> None:
        name = int.from_bytes(sha256(stream.encode()).digest()[:8], "little")
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, name]))

    def draw(self, *shape: int) -> NDArray[np.uint64]:
        """Return the next words, ``shape`` uint64."""
        return self._bits.random_raw(int(np.prod(shape))).reshape(shape)

    def below(self, limit: int | NDArray[np.uint64], *shape: int) -> NDArray[np.int64]:
        """Return ``shape`` int64 in ``[0, limit)``; their bias is under ``limit / 2**64``."""
        return (self.draw(*shape) % np.asarray(limit, np.uint64)).astype(np.int64)


def order(n: int, *, seed: int, stream: str) -> NDArray[np.int64]:
    """Return a random permutation of ``range(n)``."""
    return np.argsort(Words(seed, stream).draw(n), kind="stable")
