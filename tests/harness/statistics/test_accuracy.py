from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harness.protocol.outcome import Outcomes
from harness.records.record import Record
from harness.statistics import accuracy as statistics


@pytest.fixture
def answered() -> Callable[..., Record]:
    """Return a function that makes a record with the fields that the statistics read."""

    def make(right: np.ndarray, cluster: np.ndarray, tied: int = 1) -> Record:
        outcomes = Outcomes(
            answer=np.zeros(right.shape, int), tied=np.full(right.shape, tied), right=right
        )
        names = tuple(f"cluster {i}" for i in range(cluster.max() + 1))
        record = object.__new__(Record)
        for name, value in (("outcomes", outcomes), ("cluster", cluster), ("clusters", names)):
            object.__setattr__(record, name, value)
        return record

    return make


def test_the_mean_is_over_all_queries_of_all_seeds(answered) -> None:
    cluster = np.repeat(np.arange(10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 15])
    first, second = np.zeros((2, 60, 2), bool)
    first[:30] = True
    found = statistics.accuracy([answered(first, cluster), answered(second, cluster)])
    assert found.mean == 25
    assert (found.n_seeds, found.n_queries) == (2, 120)


def test_ties_count_their_share(answered) -> None:
    right = np.ones((40, 1), bool)
    assert statistics.accuracy([answered(right, np.arange(40) % 8, tied=4)]).mean == 25


def test_clusters_that_are_all_alike_have_no_interval(answered) -> None:
    found = statistics.accuracy([answered(np.ones((40, 1), bool), np.arange(40) % 8)])
    assert (found.mean, found.low, found.high) == (100, None, None)


def test_few_clusters_have_no_interval(answered) -> None:
    found = statistics.accuracy([answered(np.eye(40, 1, dtype=bool), np.arange(40) % 4)])
    assert (found.low, found.high) == (None, None)


def width(found: statistics.Accuracy) -> float:
    assert found.low is not None and found.high is not None
    return found.high - found.low


def holds(found: statistics.Accuracy, percent: float) -> bool:
    assert found.low is not None and found.high is not None
    return found.low <= percent <= found.high


def test_the_same_records_give_the_same_interval(answered) -> None:
    rng = np.random.default_rng(0)
    record = answered(rng.random((400, 1)) < 0.6, rng.integers(0, 20, 400))
    assert statistics.accuracy([record]) == statistics.accuracy([record])


def test_independent_trials_get_the_binomial_interval(answered) -> None:
    rng = np.random.default_rng(0)
    widths = []
    for _ in range(20):
        record = answered(rng.random((2000, 1)) < 0.6, rng.integers(0, 50, 2000))
        found = statistics.accuracy([record])
        widths.append(width(found))
    binomial = 100 * 2 * 1.96 * np.sqrt(0.6 * 0.4 / 2000)
    assert np.mean(widths) == pytest.approx(binomial, rel=0.15)


@pytest.mark.parametrize(
    ("n_right", "n_trials", "low", "high"),
    [(4, 20, 8.066, 41.601), (30, 30, 88.649, 100), (0, 30, 0, 11.351)],
)
def test_wilsons_interval_is_that_of_the_worked_examples(
    n_right: int, n_trials: int, low: float, high: float
) -> None:
    assert statistics.wilson(n_right, n_trials) == pytest.approx((low, high), abs=0.001)


def test_intervals_of_clustered_trials_cover_as_stated(answered, monkeypatch) -> None:
    """20 clusters of different accuracy: about 95 % of the intervals contain the true value."""
    monkeypatch.setattr(statistics, "RESAMPLES", 1000)
    rng = np.random.default_rng(0)
    cluster = np.repeat(np.arange(20), 20)
    covered = naive = 0
    n_tables = 400
    for _ in range(n_tables):
        level = rng.beta(3, 2, 20)  # mean 0.6
        record = answered(rng.random((400, 1)) < level[cluster][:, None], cluster)
        found = statistics.accuracy([record])
        covered += holds(found, 60)
        margin = 1.96 * np.sqrt(found.mean * (100 - found.mean) / 400)
        naive += abs(found.mean - 60) <= margin
    # three standard errors of a 95 % share of 400
    assert covered / n_tables > 0.95 - 3 * np.sqrt(0.95 * 0.05 / n_tables)
    assert naive / n_tables < 0.75, "the binomial interval fails here, or this shows nothing"


def test_intervals_of_three_seeds_cover_nearly_as_stated(answered, monkeypatch) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 1000)
    rng = np.random.default_rng(0)
    cluster = np.arange(800) % 40
    covered, n_tables = 0, 200
    for _ in range(n_tables):
        shares = np.clip(rng.normal(0.6, 0.02, 3), 0, 1)
        records = [answered(rng.random((800, 1)) < share, cluster) for share in shares]
        found = statistics.accuracy(records)
        covered += holds(found, 60)
    # three seeds say little about the variance between seeds, so coverage is a little under 95 %
    assert covered / n_tables > 0.85


def test_seeds_that_scatter_widen_the_interval(answered) -> None:
    rng = np.random.default_rng(0)
    cluster = np.arange(800) % 40
    same = [answered(rng.random((800, 1)) < 0.6, cluster) for _ in range(3)]
    apart = [answered(rng.random((800, 1)) < share, cluster) for share in (0.5, 0.6, 0.7)]
    narrow, wide = statistics.accuracy(same), statistics.accuracy(apart)
    assert width(wide) > 1.5 * width(narrow)
