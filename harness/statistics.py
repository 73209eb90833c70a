"""Accuracy with an interval, from the outcomes of a method on one task.

Trials of one alphabet or run rise and fall together, and so do those of one training seed, so
both are resampled, not the trials: the pigeonhole bootstrap (Owen 2007, "The pigeonhole
bootstrap", Annals of Applied Statistics 1:386).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.records import Record

LEVEL = 0.95
ALARMS = 0.05
"""What LEVEL leaves: the share of tests that may find a difference where there is none."""
RESAMPLES = 10_000
FEWEST_CLUSTERS = 5
"""With fewer, resampling says nothing, and no interval is given."""


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """A share of right answers, in percent.

    Attributes:
        mean: over all queries of all seeds.
        low: lower end of the 95 % interval; None where there are too few clusters for one, or all
            of them are alike.
        high: its upper end.
        n_seeds: training seeds.
        n_queries: queries of one seed.
    """

    mean: float
    low: float | None
    high: float | None
    n_seeds: int
    n_queries: int


def accuracy(records: Sequence[Record]) -> Accuracy:
    """Return the accuracy of one method over its seeds, on one task's episodes."""
    points, counts = cluster_points(records)
    mean = points.sum() / (counts.sum() * len(records))
    low, high = interval(resampled_shares(points, counts), len(counts), len(counts) - 1, (0, 1))
    return Accuracy(
        mean=100 * float(mean),
        low=low,
        high=high,
        n_seeds=len(records),
        n_queries=int(counts.sum()),
    )


def cluster_points(
    records: Sequence[Record],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points ``(n_seeds, n_clusters)`` and queries ``(n_clusters,)``, no empty clusters."""
    first = records[0]
    n_query = first.outcomes.answer.shape[1]
    counts = np.bincount(first.cluster, minlength=len(first.clusters)).astype(np.float64) * n_query
    points: NDArray[np.float64] = np.stack(
        [np.bincount(r.cluster, r.outcomes.credit.sum(axis=1), len(r.clusters)) for r in records]
    )
    # rounded, so that equal sums of thirds are equal whatever their order
    return points[:, counts > 0].round(9), counts[counts > 0]


def resampled_shares(
    points: NDArray[np.float64], counts: NDArray[np.float64], *, side: int = 0
) -> NDArray[np.float64]:
    """Return the share of points that each resample of seeds and clusters earns.

    Args:
        points: ``(n_seeds, n_clusters)``.
        counts: ``(n_clusters,)`` queries of one seed.
        side: resamples of two sides take the same clusters, and seeds of their own.

    Returns:
        ``(RESAMPLES,)``, in 0 to 1.
    """
    n_seeds, n_clusters = points.shape
    seeds, clusters = _resamples(n_seeds, n_clusters, side, RESAMPLES)
    right = np.einsum("bs,sc,bc->b", seeds, points, clusters, optimize=True)
    return right / (n_seeds * (clusters @ counts))


def interval(
    resampled: NDArray[np.float64], n_clusters: int, freedom: float, bounds: tuple[float, float]
) -> tuple[float | None, float | None]:
    """Return the expanded percentile interval of resampled shares, in percent.

    The plain percentile interval is too narrow for few clusters; its ends are moved out to the
    width that a t interval would have (Hesterberg 2015, "What Teachers Should Know About the
    Bootstrap", section 5.2, The American Statistician 69:371). There is none with too few
    clusters, or where all of them are alike.

    Args:
        resampled: ``(RESAMPLES,)`` shares.
        n_clusters: how many were resampled.
        freedom: the degrees of freedom of that t interval.
        bounds: the least and the largest share there can be.
    """
    from scipy.stats import norm, t

    if n_clusters < FEWEST_CLUSTERS:
        return None, None
    z = np.sqrt(n_clusters / (n_clusters - 1)) * t.ppf(ALARMS / 2, freedom)
    low, high = np.clip(np.quantile(resampled, [norm.cdf(z), norm.cdf(-z)]), *bounds)
    if low == high:  # all clusters alike: nothing tells how far off they may be
        return None, None
    return 100 * float(low), 100 * float(high)


def wilson(n_right: int, n_trials: int) -> tuple[float, float]:
    """Return the interval of a share, in percent, that takes trials for independent.

    Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
    the American Statistical Association 22:209. It also serves where all trials are right.
    """
    from scipy.stats import binomtest

    ends = binomtest(n_right, n_trials).proportion_ci(LEVEL, method="wilson")
    return 100 * float(ends.low), 100 * float(ends.high)


@lru_cache(maxsize=8)
def _resamples(
    n_seeds: int, n_clusters: int, side: int, n_resamples: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return how often each seed and each cluster is drawn, ``(n_resamples, n)`` each.

    Kept, because a sweep asks for the same hundreds of times.
    """
    rng = np.random.default_rng(0)
    clusters = rng.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), n_resamples)
    if side:
        rng = np.random.default_rng(side)
    seeds = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), n_resamples).astype(float)
    if n_seeds > 1:
        # resampling so few understates how they scatter by (n - 1) / n; spread them by as much
        seeds = 1 + (seeds - 1) * np.sqrt(n_seeds / (n_seeds - 1))
    return seeds, clusters
