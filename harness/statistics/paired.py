"""The difference between two methods on the same episodes, and whether it is more than chance.

Both answered the same queries, so what is hard for both cancels out. What is left scatters with
the cluster (alphabet or official run) and with the training seed; trials within one cluster are
not independent, and a test that takes them for independent finds differences that are not there.
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
"""How often a difference would be found that is as large as ``detectable``."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How much more often one method was right than another, in points of a percent.

    Attributes:
        mean: the first's accuracy less the second's.
        low: lower end of the 95 % interval; None where there is no test, or all clusters differ
            by the same.
        high: its upper end.
        p: of a two-sided test that there is no difference; None where there is no test: with too
            few clusters, or one training of a method that chance plays a part in.
        detectable: the smallest true difference that these clusters and seeds would show in four
            of five cases; None where there is no interval.
        n_better: trials in which the first earned more, over its seeds.
        n_worse: trials in which it earned less.
        n_trials: queries in all.
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
        """The same, counted for the other method."""
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
    """What a comparison needs of one method, so that many comparisons work it out once.

    Attributes:
        points: ``(n_seeds, n_clusters)``.
        counts: ``(n_clusters,)`` queries of one seed.
        credit: ``(n_episodes, n_query)`` what each query earned, the mean over seeds.
        trained_once: whether another training would come out otherwise, and there is none.
    """

    points: Floats
    counts: Floats
    credit: Floats
    trained_once: bool

    @classmethod
    def of(cls, records: Sequence[Record]) -> ClusterPoints:
        """Return one method's side: its records on one task, one for each seed."""
        points, counts = cluster_points(records)
        return cls(
            points=points,
            counts=counts,
            credit=_credit(records),
            trained_once=trained_once(records),
        )

    @cached_property
    def resampled(self) -> Floats:
        """``(RESAMPLES,)`` shares, as the first of two sides."""
        return resampled_shares(self.points, self.counts)

    @cached_property
    def resampled_as_second(self) -> Floats:
        """The same with other seeds and the same clusters."""
        return resampled_shares(self.points, self.counts, side=1)


def difference(first: Sequence[Record], second: Sequence[Record]) -> Difference:
    """Compare two methods on one task, each over its seeds.

    Args:
        first: its records, one for each seed.
        second: the other's, of the same manifest.
    """
    return difference_of(ClusterPoints.of(first), ClusterPoints.of(second))


def difference_of(first: ClusterPoints, second: ClusterPoints) -> Difference:
    """Compare two methods on one task, of the same manifest."""
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
    """Whether there is one training where another would come out otherwise: no test then."""
    return len(records) == 1 and records[0].seeded


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """How far a difference would lie from its true value, taken anew.

    Attributes:
        deviation: one standard deviation, as a share; 0 where all clusters differ by the same.
        freedom: how many independent values that rests on.
        n_clusters: how many clusters there are.
    """

    deviation: float
    freedom: float
    n_clusters: int

    def p(self, mean: float) -> float:
        """Return the two-sided p-value of Student's t test that the true difference is 0.

        Where clusters do not scatter there is no t; then that of swapping the methods within whole
        clusters: of all ways, two give as large a difference.
        """
        from scipy.stats import t

        if self.deviation == 0:
            return 1.0 if mean == 0 else 2.0 ** (1 - self.n_clusters)
        return float(2 * t.sf(abs(mean) / self.deviation, self.freedom))

    @property
    def detectable(self) -> float:
        """The true difference that the test would find in four of five cases."""
        from scipy.stats import t

        found, power = t.ppf(1 - ALARMS / 2, self.freedom), t.ppf(POWER, self.freedom)
        return float((found + power) * self.deviation)


def scatter_of(points: Floats, others: Floats, counts: Floats) -> Scatter | None:
    """Return how the mean difference scatters; None with too few clusters.

    The variances of clusters and of both methods' seeds add up, as in the pigeonhole bootstrap,
    and their degrees of freedom as in Welch's test (Welch 1947, Biometrika 34:28). Clusters of
    unequal size count as fewer than they are. With one cluster size and one seed this is
    Student's paired t test over clusters.

    Args:
        points: ``(n_seeds, n_clusters)`` of the first method.
        others: the same of the second, whose number of seeds may differ.
        counts: ``(n_clusters,)`` queries of one seed.
    """
    if len(counts) < FEWEST_CLUSTERS:
        return None
    total = counts.sum()
    gained = points.mean(axis=0) - others.mean(axis=0)
    rest = gained - counts * gained.sum() / total
    n = len(counts)
    variances = [n / (n - 1) * (rest**2).sum() / total**2]
    freedoms = [(counts**2).sum() ** 2 / (counts**4).sum() - 1]
    for side in (points, others):
        n_seeds = len(side)
        if n_seeds > 1:
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
    """Return what each query earned, the mean over seeds, ``(n_episodes, n_query)``."""
    return np.mean([record.outcomes.credit for record in records], axis=0).round(9)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values corrected for how many there are (Holm 1979, Scandinavian J. Stat. 6:65).

    The chance that any of a table's true equalities falls below 0.05 is then at most 0.05.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    corrected = np.empty_like(p)
    corrected[order] = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    return tuple(np.minimum(corrected, 1).tolist())
