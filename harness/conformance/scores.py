"""Whether two arrays of scores are the same, and how often the true way wins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.conformance.faults import Nonconformance

Scores = NDArray[np.float64]
TOLERANCE = 2e-2
"""The allowed rounding, as a share of ``spread``. In bfloat16 a cosine near 1 is exact to 0.004
while ways lie about 0.4 apart, and a batch of another size, which adds up in another order, may
round to the next number. float32 needs less than a thousandth of this."""
ROUNDING = 1e-6
"""The precision of float32, as a share of the largest score."""
GUESSING = 0.5


def require_same(expected: Scores, found: Scores, *, when: str, advice: str) -> None:
    """Raise Nonconformance unless scores are the same up to rounding; NaN equals NaN.

    Args:
        expected: ``(n_episodes, n_query, n_way)``; the allowed rounding follows from these.
        found: the same shape.
        when: what was varied; it continues the message "scores change".
        advice: where the author should look.
    """
    same = np.isclose(found, expected, rtol=0, atol=rounding(expected), equal_nan=True)
    _require(same, expected, found, when, advice)


def require_equal(expected: Scores, found: Scores, *, when: str, advice: str) -> None:
    """Raise Nonconformance unless scores are the same to the last bit; see ``require_same``."""
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    _require(same, expected, found, when, advice)


def rounding(scores: Scores) -> float:
    """Return how far apart two scores may lie and still count as the same."""
    finite = scores[np.isfinite(scores)]
    largest = float(np.abs(finite).max(initial=0.0))
    return max(TOLERANCE * spread(scores), ROUNDING * largest)


def spread(scores: Scores) -> float:
    """Return the range from the lowest to the highest score of a query, the median over queries."""
    finite = scores[np.isfinite(scores).all(axis=-1)]  # (n, n_way)
    if len(finite) == 0:
        return 0.0
    ranges = np.ptp(finite, axis=-1)
    return float(np.median(ranges) or ranges.mean())  # a median of 0: most queries are ties


def _require(
    same: NDArray[np.bool_], expected: Scores, found: Scores, when: str, advice: str
) -> None:
    if same.all():
        return
    n_changed = int((~same).any(axis=(1, 2)).sum())
    with np.errstate(invalid="ignore"):  # infinity minus infinity
        away = np.abs(found - expected)
    most = float(away[np.isfinite(away)].max(initial=0.0))
    raise Nonconformance(
        f"scores change {when}: in {n_changed} of {len(same)} episodes, by up to {most:.3g} (the "
        f"ways of a query lie {spread(expected):.3g} apart); {advice}"
    )


def share_beaten(scores: NDArray[np.float64], truth: NDArray[np.integer]) -> float:
    """Return the share of comparisons in which the true way scores above another; a tie is half.

    On a hundred queries it varies less than the share of right answers. NaN counts as the lowest
    score.

    Args:
        scores: ``(n_episodes, n_query, n_way)``.
        truth: ``(n_episodes, n_query)``, the right way.
    """
    scores = np.where(np.isnan(scores), -np.inf, scores)
    true = np.take_along_axis(scores, truth[:, :, None], axis=-1)
    # minus 1: the true way ties with itself
    beaten = (true > scores).sum(axis=-1) + ((true == scores).sum(axis=-1) - 1) / 2
    return float(beaten.mean() / (scores.shape[-1] - 1))


def chance_deviation(n_queries: int, n_way: int) -> float:
    """Return the standard deviation of ``share_beaten`` for guessing."""
    # a rank among n_way is uniform; its variance, in shares of the n_way - 1 others
    variance = (n_way + 1) / (12 * (n_way - 1))
    return float(np.sqrt(variance / n_queries))
