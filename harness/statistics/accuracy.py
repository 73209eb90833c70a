"""Accuracy with an interval, from the outcomes of a method on one task.

The trials of one group or official run are correlated, and so are those of one training. The
interval therefore resamples clusters and seeds, and never single trials: the pigeonhole bootstrap
(Owen 2007, "The pigeonhole bootstrap", Annals of Applied Statistics 1:386).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.records.record import Record

LEVEL = 0.95
"""The confidence level of every interval."""
ALARMS = 0.05
"""The level of every test, 1 - LEVEL: how often equal methods may be reported as different."""
RESAMPLES = 10_000
FEWEST_CLUSTERS = 5
"""With fewer clusters there is no interval and no test, because resampling them is meaningless."""


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """The share of right answers, in percent.

    Attributes:
        mean: the mean over all queries of all seeds.
        low: the lower end of the 95 % interval. None if there are fewer than ``FEWEST_CLUSTERS``,
            or if all clusters have the same accuracy.
        high: the upper end, or None.
        n_seeds: the number of training seeds.
        n_queries: the number of queries of one seed.
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
    """Return points ``(n_seeds, n_clusters)`` and queries ``(n_clusters,)``.

    Clusters without a query are left out.
    """
    first = records[0]
    n_query = first.outcomes.answer.shape[1]
    counts = np.bincount(first.cluster, minlength=len(first.clusters)).astype(np.float64) * n_query
    points: NDArray[np.float64] = np.stack(
        [np.bincount(r.cluster, r.outcomes.credit.sum(axis=1), len(r.clusters)) for r in records]
    )
    # a tie of three earns 1/3, and sums of thirds differ in their last bit with their order
    return points[:, counts > 0].round(9), counts[counts > 0]


def resampled_shares(
    points: NDArray[np.float64], counts: NDArray[np.float64], *, side: int = 0
) -> NDArray[np.float64]:
    """Return the accuracy of each resample of seeds and clusters.

    Args:
        points: ``(n_seeds, n_clusters)``.
        counts: ``(n_clusters,)``, the queries of one seed.
        side: 0 for the first method of a pair and 1 for the second. Both get the same clusters,
            because they answered the same episodes, but independently drawn seeds.

    Returns:
        ``(RESAMPLES,)``, from 0 to 1.
    """
    n_seeds, n_clusters = points.shape
    seeds, clusters = _resamples(n_seeds, n_clusters, side, RESAMPLES)
    right = np.einsum("bs,sc,bc->b", seeds, points, clusters, optimize=True)
    return right / (n_seeds * (clusters @ counts))


def interval(
    resampled: NDArray[np.float64], n_clusters: int, freedom: float, bounds: tuple[float, float]
) -> tuple[float | None, float | None]:
    """Return the expanded percentile interval of resampled shares, in percent.

    With few clusters the plain percentile interval is too narrow, so its ends are moved out to the
    width of a t interval (Hesterberg 2015, "What Teachers Should Know About the Bootstrap",
    section 5.2, The American Statistician 69:371). The ends are None with too few clusters, or
    where all clusters have the same share.

    Args:
        resampled: ``(RESAMPLES,)`` shares.
        n_clusters: the number of clusters that were resampled.
        freedom: the degrees of freedom of the t interval.
        bounds: the smallest and the largest possible share.
    """
    from scipy.stats import norm, t

    if n_clusters < FEWEST_CLUSTERS:
        return None, None
    z = np.sqrt(n_clusters / (n_clusters - 1)) * t.ppf(ALARMS / 2, freedom)
    low, high = np.clip(np.quantile(resampled, [norm.cdf(z), norm.cdf(-z)]), *bounds)
    # clusters that are all alike say nothing about how much others would differ
    if low == high:
        return None, None
    return 100 * float(low), 100 * float(high)


def wilson(n_right: int, n_trials: int) -> tuple[float, float]:
    """Return the interval of a share, in percent, on the assumption that trials are independent.

    Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
    the American Statistical Association 22:209. It has a width even where all trials are right.
    """
    from scipy.stats import binomtest

    ends = binomtest(n_right, n_trials).proportion_ci(LEVEL, method="wilson")
    return 100 * float(ends.low), 100 * float(ends.high)


@lru_cache(maxsize=8)
def _resamples(
    n_seeds: int, n_clusters: int, side: int, n_resamples: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return how often each seed and each cluster is drawn, ``(n_resamples, n)`` each.

    Cached, because a sweep needs the same resamples hundreds of times.
    """
    # a fixed seed gives the same interval each time; the report must be the same byte for byte
    rng = np.random.default_rng(0)
    clusters = rng.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), n_resamples)
    if side:
        rng = np.random.default_rng(side)
    seeds = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), n_resamples).astype(float)
    if n_seeds > 1:
        # resampling n seeds shows only (n - 1) / n of their variance, half of it for two seeds
        seeds = 1 + (seeds - 1) * np.sqrt(n_seeds / (n_seeds - 1))
    return seeds, clusters
