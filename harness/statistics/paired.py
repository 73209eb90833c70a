"""The paired test: the difference between two methods on the same episodes, and its p-value.

Both methods answered the same queries, so queries that are hard for both cancel out. The remaining
difference varies with the cluster (group or official run) and with the training seed. Trials
within a cluster are correlated: a test that treats them as independent finds false differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.records.record import Record
from harness.statistics.accuracy import (
    ALARMS,
    FEWEST_CLUSTERS,
    cluster_points,
    interval,
    resampled_shares,
)

POWER = 0.8
"""The probability with which the test finds a true difference as large as ``detectable``."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The difference between the accuracies of two methods, in percentage points.

    Attributes:
        mean: the accuracy of the first minus that of the second.
        low: the lower end of the 95 % interval. None if there is no test, or if the difference is
            the same in all clusters.
        high: the upper end, or None.
        p: the p-value of the two-sided test that the accuracies are equal. None if there is no
            test: with too few clusters, or with a single training of a seeded method.
        detectable: the smallest true difference that the test would find in four of five cases,
            with these clusters and seeds. None if there is no interval.
        n_better: the trials in which the first earned more, averaged over seeds.
        n_worse: the trials in which it earned less.
        n_trials: all trials.
    """

    mean: float
    low: float | None
    high: float | None
    p: float | None
    detectable: float | None
    n_better: int
    n_worse: int
    n_trials: int

    @property
    def reversed(self) -> Difference:
        """The same difference from the side of the other method."""
        return replace(
            self,
            mean=-self.mean,
            low=None if self.high is None else -self.high,
            high=None if self.low is None else -self.low,
            n_better=self.n_worse,
            n_worse=self.n_better,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ClusterPoints:
    """The points of one method by seed and cluster, computed once for many comparisons.

    Attributes:
        points: ``(n_seeds, n_clusters)``.
        counts: ``(n_clusters,)``, the queries of one seed.
        credit: ``(n_episodes, n_query)``, the points of each query, averaged over seeds.
        trained_once: whether the method is seeded and has a single training.
    """

    points: Floats
    counts: Floats
    credit: Floats
    trained_once: bool

    @classmethod
    def of(cls, records: Sequence[Record]) -> ClusterPoints:
        """Return the points of a method from its records on one task, one record for each seed."""
        points, counts = cluster_points(records)
        return cls(
            points=points,
            counts=counts,
            credit=_credit(records),
            trained_once=trained_once(records),
        )

    @cached_property
    def resampled(self) -> Floats:
        """``(RESAMPLES,)`` accuracies, as the first of a pair."""
        return resampled_shares(self.points, self.counts)

    @cached_property
    def resampled_as_second(self) -> Floats:
        """``(RESAMPLES,)`` accuracies, as the second: the same clusters, other draws of seeds."""
        return resampled_shares(self.points, self.counts, side=1)


def difference(first: Sequence[Record], second: Sequence[Record]) -> Difference:
    """Compare two methods on one task, each over its seeds.

    Args:
        first: the records of the first method, one for each seed.
        second: the records of the second, with the same manifest.
    """
    return difference_of(ClusterPoints.of(first), ClusterPoints.of(second))


def difference_of(first: ClusterPoints, second: ClusterPoints) -> Difference:
    """Compare two methods by their points on the same episodes."""
    points, others, counts = first.points, second.points, first.counts
    mean = float((points.mean(axis=0) - others.mean(axis=0)).sum() / counts.sum())
    tested = not (first.trained_once or second.trained_once)
    scatter = scatter_of(points, others, counts) if tested else None
    low, high, p = None, None, None
    if scatter is not None and scatter.deviation > 0:
        shares = first.resampled - second.resampled_as_second
        low, high = interval(shares, len(counts), scatter.freedom, (-1, 1))
    if scatter is not None:
        p = scatter.p(mean)
    gained = first.credit - second.credit
    return Difference(
        mean=100 * mean,
        low=low,
        high=high,
        p=p,
        detectable=None if low is None or scatter is None else 100 * scatter.detectable,
        n_better=int((gained > 0).sum()),
        n_worse=int((gained < 0).sum()),
        n_trials=gained.size,
    )


def trained_once(records: Sequence[Record]) -> bool:
    """Return whether a seeded method has a single training, which allows no test."""
    return len(records) == 1 and records[0].seeded


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """How much the mean difference varies with other clusters and other trainings.

    Attributes:
        deviation: the standard error of the mean, as a share; 0 if all clusters differ equally.
        freedom: the degrees of freedom of ``deviation``.
        n_clusters: the number of clusters.
    """

    deviation: float
    freedom: float
    n_clusters: int

    def p(self, mean: float) -> float:
        """Return the two-sided p-value of Student's t test that the true difference is 0.

        If all clusters differ equally, t is undefined. A permutation test takes its place: of the
        2^n ways to swap the methods in whole clusters, two give a difference this large.
        """
        from scipy.stats import t

        if self.deviation == 0:
            return 1.0 if mean == 0 else 2.0 ** (1 - self.n_clusters)
        return float(2 * t.sf(abs(mean) / self.deviation, self.freedom))

    @property
    def detectable(self) -> float:
        """The true difference that the test finds with probability ``POWER``, as a share."""
        from scipy.stats import t

        found, power = t.ppf(1 - ALARMS / 2, self.freedom), t.ppf(POWER, self.freedom)
        return float((found + power) * self.deviation)


def scatter_of(points: Floats, others: Floats, counts: Floats) -> Scatter | None:
    """Return how much the mean difference varies; None with too few clusters.

    The variances over clusters and over the seeds of both methods add up, as in the pigeonhole
    bootstrap. Their degrees of freedom combine as in Welch's test (Welch 1947, Biometrika 34:28).
    Clusters of unequal size have fewer degrees of freedom. With clusters of one size and one seed
    this is Student's paired t test over clusters.

    Args:
        points: ``(n_seeds, n_clusters)``, of the first method.
        others: ``(n_seeds, n_clusters)``, of the second; its number of seeds may differ.
        counts: ``(n_clusters,)``, the queries of one seed.
    """
    if len(counts) < FEWEST_CLUSTERS:
        return None
    total = counts.sum()
    gained = points.mean(axis=0) - others.mean(axis=0)
    rest = gained - counts * gained.sum() / total
    n = len(counts)
    # a ratio estimator: clusters deviate from the common difference in proportion to their queries
    variances = [n / (n - 1) * (rest**2).sum() / total**2]
    freedoms = [(counts**2).sum() ** 2 / (counts**4).sum() - 1]
    for side in (points, others):
        n_seeds = len(side)
        if n_seeds > 1:  # a single one is of a method without randomness: see trained_once
            variances.append(np.var(side.sum(axis=1) / total, ddof=1) / n_seeds)
            freedoms.append(n_seeds - 1)
    variance = sum(variances)
    if variance == 0:
        return Scatter(deviation=0.0, freedom=n - 1, n_clusters=n)
    shares = sum(v**2 / freedom for v, freedom in zip(variances, freedoms, strict=True) if v)
    return Scatter(
        deviation=float(np.sqrt(variance)), freedom=float(variance**2 / shares), n_clusters=n
    )


def _credit(records: Sequence[Record]) -> Floats:
    """Return the points of each query, averaged over seeds, ``(n_episodes, n_query)``."""
    return np.mean([record.outcomes.credit for record in records], axis=0).round(9)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values corrected for their number (Holm 1979, Scandinavian J. Stat. 6:65).

    The probability of even one false difference among all pairs is then at most the level.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    corrected = np.empty_like(p)
    # the smallest of m counts m times, the next m - 1 times; a later one is never the smaller
    corrected[order] = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    return tuple(np.minimum(corrected, 1).tolist())
