"""``l2-1nn``: the class of the support image at the smallest Euclidean distance.

The tutorial's baseline (Bouma 2017), meant there as ``argmin ||x - x_c||``. On one-bit images the
squared distance is the number of pixels that differ, so an exclusive or and a population count of
the packed bits are exact, and many times faster than floats.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness import Episodes, MethodSpec, NoSettings, hookimpl
from methods.pixel_pairs import measure_pairs


class EuclideanNeighbour:
    """One nearest neighbour on pixels."""

    n_parameters = 0

    def score(self, episodes: Episodes) -> NDArray[np.float64]:
        """Return minus the Euclidean distance in pixels, ``(n_episodes, n_query, n_way)``."""
        words = episodes.pool.words

        def differing(query: NDArray[np.int32], support: NDArray[np.int32]) -> NDArray[np.float64]:
            return np.bitwise_count(words[support] ^ words[query]).sum(-1, dtype=np.uint32)

        return -np.sqrt(measure_pairs(episodes, differing).min(-1))


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(name="l2-1nn", build=_build)


def _build(settings: NoSettings) -> EuclideanNeighbour:
    return EuclideanNeighbour()
