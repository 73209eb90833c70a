"""The tutorial's nearest neighbour, written anew: one task at a time, one pair at a time.

Bouma 2017 makes each task's arrays as ``(N, 105, 105, 1)`` floats, the test image repeated N
times, and compares pair by pair. The distance here is the Euclidean one that it describes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def answer_all(
    images: NDArray[np.float64], support: NDArray[np.integer], query: NDArray[np.integer]
) -> list[int]:
    """Answer each task of ``support (n, n_way)`` and ``query (n,)``, rows of ``images``."""
    return [
        nearest(*make_task(images, ways, test))
        for ways, test in zip(support.tolist(), query.tolist(), strict=True)
    ]


def make_task(
    images: NDArray[np.float64], ways: list[int], test: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pairs of one task: the test image N times, and the support set."""
    n_way, (_, height, width) = len(ways), images.shape
    repeated = np.asarray([images[test]] * n_way).reshape(n_way, height, width, 1)
    return repeated, images[ways].reshape(n_way, height, width, 1)


def nearest(test: NDArray[np.float64], support: NDArray[np.float64]) -> int:
    """Return the way whose image is at the smallest Euclidean distance."""
    distances = np.zeros(len(test))
    for i in range(len(test)):
        distances[i] = np.sqrt(np.sum((test[i] - support[i]) ** 2))
    return int(np.argmin(distances))
