"""Random draws that are the same on every machine and under every numpy version.

Only the raw words of PCG64 and integer arithmetic are used: numpy guarantees the former for
good, while it may change how its generator turns them into floats and choices (NEP 19).
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray


class Words:
    """An endless stream of random 64-bit words, its own for each (seed, name).

    Arrays are filled row by row, so the first m rows of n are the first m of any larger n.
    """

    def __init__(self, seed: int, stream: str) -> None:
        name = int.from_bytes(sha256(stream.encode()).digest()[:8], "little")
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, name]))

    def draw(self, *shape: int) -> NDArray[np.uint64]:
        """Return the next words, ``shape`` uint64."""
        return self._bits.random_raw(int(np.prod(shape))).reshape(shape)

    def below(self, limit: int | NDArray[np.uint64], *shape: int) -> NDArray[np.int64]:
        """Return integers in ``[0, limit)``; the bias is under ``limit / 2**64``."""
        return (self.draw(*shape) % np.asarray(limit, np.uint64)).astype(np.int64)


def order(n: int, *, seed: int, stream: str) -> NDArray[np.int64]:
    """Return a permutation of ``range(n)``."""
    return np.argsort(Words(seed, stream).draw(n), kind="stable")
