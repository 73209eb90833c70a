"""``cosine-1nn``: the class of the support image at the smallest angle, on ink.

The baseline that Koch et al. (2015, table 2) print as "1-Nearest Neighbor" and Lake (PhD thesis
2014, 4.2.4) describes: the cosine between images whose ink is 1 and paper 0, that is, the shared
ink over the geometric mean of both inks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness import Episodes, MethodSpec, NoSettings, hookimpl
from methods.pixel_pairs import measure_pairs


class CosineNeighbour:
    """One nearest neighbour by the angle between inks."""

    n_parameters = 0

    def score(self, episodes: Episodes) -> NDArray[np.float64]:
        """Return the cosine, ``(n_episodes, n_query, n_way)``; 0 where an image is blank."""
        words = episodes.pool.words
        length = np.sqrt(np.maximum(1, np.bitwise_count(words).sum(-1, dtype=np.uint32)))

        def cosine(query: NDArray[np.int32], support: NDArray[np.int32]) -> NDArray[np.float64]:
            shared = np.bitwise_count(words[support] & words[query]).sum(-1, dtype=np.uint32)
            return shared / (length[support] * length[query])

        return measure_pairs(episodes, cosine).max(-1)


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(name="cosine-1nn", build=_build)


def _build(settings: NoSettings) -> CosineNeighbour:
    return CosineNeighbour()
