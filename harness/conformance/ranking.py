"""How well scores rank the true way: what is needed to tell answers from guesses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GUESSING = 0.5


def share_beaten(scores: NDArray[np.float64], truth: NDArray[np.integer]) -> float:
    """Return in which share of comparisons the true way scores above another one; ties are half.

    It tells more from a hundred queries than the share of right answers does. NaN counts as the
    lowest score.

    Args:
        scores: ``(n_episodes, n_query, n_way)``.
        truth: ``(n_episodes, n_query)``, the right way.
    """
    scores = np.where(np.isnan(scores), -np.inf, scores)
    true = np.take_along_axis(scores, truth[:, :, None], axis=-1)
    # the true way ties with itself
    beaten = (true > scores).sum(axis=-1) + ((true == scores).sum(axis=-1) - 1) / 2
    return float(beaten.mean() / (scores.shape[-1] - 1))


def chance_deviation(n_queries: int, n_way: int) -> float:
    """Return the standard deviation of ``share_beaten`` for guesses."""
    # a rank among n_way is uniform; its variance, in shares of the n_way - 1 others
    variance = (n_way + 1) / (12 * (n_way - 1))
    return float(np.sqrt(variance / n_queries))
