from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.stats import norm, ttest_rel

from harness.protocol.outcome import Outcomes
from harness.protocol.settings import parse_method
from harness.records.record import Record
from harness.statistics.comparison import compare_methods
from harness.statistics.paired import Scatter, difference, holm, scatter_of

ALPHABETS = np.array([20, 26, 47, 24, 28, 46, 40, 42, 26, 20, 41, 23, 26, 34, 55, 22, 14, 40, 25])
TABLES = 1000


def scatter(points: np.ndarray, others: np.ndarray, counts: np.ndarray) -> Scatter:
    """Return the scatter of two methods whose difference varies between clusters."""
    found = scatter_of(points, others, counts)
    assert found is not None
    return found


def answered(record: Record, right: np.ndarray, cluster: np.ndarray) -> Record:
    """Return the record with other answers; ``right`` is (n_episodes,), bool or points."""
    points = np.asarray(right, float)[:, None]
    outcomes = Outcomes(
        answer=np.zeros(points.shape, int),
        tied=np.where(points > 0, np.round(1 / np.maximum(points, 0.01)), 1).astype(int),
        right=points > 0,
    )
    names = tuple(map(str, range(cluster.max() + 1)))
    return replace(record, outcomes=outcomes, cluster=cluster, clusters=names)


@pytest.fixture
def pair(make_record: Callable[..., Record]) -> Callable[..., tuple[Record, Record]]:
    def make(first: np.ndarray, second: np.ndarray, cluster: np.ndarray) -> tuple[Record, Record]:
        record = make_record()
        return answered(record, first, cluster), answered(record, second, cluster)

    return make


def test_with_clusters_of_one_size_it_is_students_paired_test(pair) -> None:
    rng = np.random.default_rng(0)
    cluster = np.repeat(np.arange(12), 30)
    first, second = rng.random(360) < 0.7, rng.random(360) < 0.6
    found = difference(*([record] for record in pair(first, second, cluster)))
    of_clusters = [side.reshape(12, 30).mean(axis=1) for side in (first, second)]
    assert found.p == pytest.approx(ttest_rel(*of_clusters).pvalue)
    assert found.mean == pytest.approx(100 * (first.mean() - second.mean()))


def test_it_agrees_with_every_flip_of_the_clusters(pair) -> None:
    """The exact test: all 2^12 ways to swap the two methods in whole clusters."""
    rng = np.random.default_rng(1)
    cluster = np.repeat(np.arange(12), 40)
    flips = np.array(list(product([1, -1], repeat=12)))
    for gap in (0.0, 0.03, 0.06, 0.1):
        first, second = rng.random(480) < 0.6 + gap, rng.random(480) < 0.6
        found = difference(*([record] for record in pair(first, second, cluster)))
        gained = (first.astype(float) - second).reshape(12, 40).sum(axis=1)
        flipped = np.abs(flips @ gained) - abs(gained.sum())
        # the mid-p value: swaps that give exactly this difference count half
        exact = (flipped > 0).mean() + (flipped == 0).mean() / 2
        assert found.p == pytest.approx(exact, abs=0.03)


def test_trials_that_flipped_are_counted_each_way(pair) -> None:
    cluster = np.arange(40) % 5
    first, second = np.zeros(40), np.zeros(40)
    first[:7], second[5:9] = 1, 1
    first[20] = 0.5  # a tie of two
    found = difference(*([record] for record in pair(first, second, cluster)))
    assert (found.n_better, found.n_worse, found.n_trials) == (6, 2, 40)
    assert found.mean == pytest.approx(100 * 3.5 / 40)


def test_the_same_answers_differ_by_nothing(make_record) -> None:
    found = difference([make_record()], [make_record()])
    assert (found.mean, found.n_better, found.n_worse) == (0, 0, 0)
    assert (found.low, found.p, found.detectable) == (None, 1.0, None)


def test_where_all_clusters_differ_by_the_same_swaps_are_counted(make_record) -> None:
    found = difference(*([make_record(right=right, n_clusters=10)] for right in (20, 0)))
    assert (found.mean, found.p, found.low) == (100, 2 / 2**10, None)


def test_one_training_is_not_tested(make_record) -> None:
    once = [make_record(right=17, seeded=True)]
    found = difference(once, [make_record(right=3)])
    assert found.mean == pytest.approx(70)
    assert (found.low, found.p, found.detectable) == (None, None, None)
    twice = [*once, make_record(right=15, seeded=True, seed=1)]
    p = difference(twice, [make_record(right=3)]).p
    assert p is not None and p < 0.05


def test_ties_that_add_up_to_the_same_are_no_difference(pair) -> None:
    """Twenty ties of twenty against one right answer, in every second cluster."""
    cluster = np.repeat(np.arange(20), 20)
    tied = np.where(cluster % 2, 1 / 20, 0.0)
    once = (cluster % 2 == 1) & (np.arange(400) % 20 == 0)
    found = difference(*([record] for record in pair(tied, once, cluster)))
    assert (found.mean, found.p) == (0, 1.0)


def test_few_clusters_are_not_tested(make_record) -> None:
    few = [[make_record(right=right, n_clusters=4)] for right in (15, 5)]
    found = difference(*few)
    assert found.mean == 50
    assert (found.low, found.p, found.detectable) == (None, None, None)


def test_the_interval_and_the_test_agree(pair) -> None:
    rng = np.random.default_rng(2)
    cluster = np.repeat(np.arange(19), ALPHABETS)
    for gap in np.linspace(0, 0.12, 9):
        level = rng.normal(0.6, 0.1, 19)[cluster]
        draws = rng.random((2, len(cluster)))
        found = difference(*([r] for r in pair(draws[0] < level + gap, draws[1] < level, cluster)))
        assert found.low is not None and found.high is not None and found.p is not None
        if (
            not 0.03 < found.p < 0.08
        ):  # a resampled interval and a computed p may disagree near the level
            assert (found.low <= 0 <= found.high) == (found.p > 0.05)
        assert found.low <= found.mean <= found.high


def test_a_difference_as_large_as_is_detectable_is_detected_four_times_in_five() -> None:
    rng = np.random.default_rng(3)
    counts = np.full(20, 100.0)

    def drawn(level: float) -> tuple[np.ndarray, np.ndarray]:
        own = rng.normal(level, 0.05, 20)
        return rng.binomial(100, own)[None] + 0.0, rng.binomial(100, 0.5, 20)[None] + 0.0

    gap = float(np.mean([scatter(*drawn(0.5), counts).detectable for _ in range(200)]))
    found = 0
    for _ in range(500):
        first, second = drawn(0.5 + gap)
        found += scatter(first, second, counts).p((first - second).sum() / 2000) < 0.05
    assert 0.72 < found / 500 < 0.88


def test_scatter_between_trainings_counts() -> None:
    """Three trainings of each method differ far more than clusters do."""
    counts = np.full(20, 100.0)
    steady = np.full((3, 20), 70.0) + np.arange(20) % 3
    shifted = steady - 5.0 + np.array([[-8.0], [0.0], [8.0]])
    found = scatter(steady, shifted, counts)
    assert found.p(0.05) > 0.2
    assert scatter(steady[:1], shifted[1:2] + np.arange(20.0) % 2, counts).p(0.05) < 1e-6


def test_holm() -> None:
    # by hand: 4 x 0.01, 3 x 0.02, 2 x 0.03, the last no smaller than the one before
    assert holm([0.02, 0.01, 0.04, 0.03]) == pytest.approx((0.06, 0.04, 0.06, 0.06))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()


@pytest.mark.parametrize(
    ("own", "between_seeds", "n_seeds"),
    [(0.0, 0.0, 1), (0.1, 0.0, 1), (0.05, 0.02, 3), (0.0, 0.03, 3)],
    ids=["independent", "clustered", "clustered and trained", "trained"],
)
@pytest.mark.parametrize("sizes", [np.full(20, 100), 3 * ALPHABETS], ids=["lake", "alphabets"])
def test_false_alarms_are_as_rare_as_stated(
    sizes: np.ndarray, own: float, between_seeds: float, n_seeds: int
) -> None:
    """Tables of four pairs without a true difference: at most one in twenty reports one."""
    rng = np.random.default_rng(4)
    counts = sizes.astype(float)

    def drawn(level: np.ndarray) -> np.ndarray:
        group = rng.normal(level, own)  # groups that are hard for this method alone
        training = rng.normal(0, between_seeds, (n_seeds, 1))
        return rng.binomial(sizes, np.clip(group + training, 0, 1)).astype(float)

    alarms = naive_alarms = 0
    for _ in range(TABLES):
        p_values, naive = [], []
        for _ in range(4):
            level = rng.normal(0.7, 0.1, len(sizes))
            first, second = drawn(level), drawn(level)
            mean = (first - second).mean(axis=0).sum() / sizes.sum()
            p_values.append(scatter(first, second, counts).p(mean))
            shares = [side.mean() * len(sizes) / sizes.sum() for side in (first, second)]
            spread = np.sqrt(sum(s * (1 - s) for s in shares) / sizes.sum() / n_seeds)
            naive.append(2 * norm.sf(abs(mean) / spread))
        alarms += min(holm(p_values)) < 0.05
        naive_alarms += min(holm(naive)) < 0.05
    # 0.05, and two standard errors of that many tables
    assert alarms / TABLES <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / TABLES)
    if own or between_seeds:  # a test that treats trials as independent reports far too many
        assert naive_alarms / TABLES > 0.4


def test_false_alarms_of_a_whole_comparison_are_as_rare(make_record, monkeypatch) -> None:
    """Three equal methods, one of them trained three times, through ``compare_methods``."""
    monkeypatch.setattr("harness.statistics.accuracy.RESAMPLES", 500)
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(19), ALPHABETS)
    template = make_record()
    choices = [parse_method(name) for name in ("a", "b", "c")]
    alarms, outside, n_tables = 0, 0, 300

    def records(method: str, level: np.ndarray) -> list[Record]:
        own = rng.normal(level, 0.05)
        found = []
        for seed in range(3 if method == "c" else 1):
            right = rng.random(len(cluster)) < (own + rng.normal(0, 0.01))[cluster]
            identity = replace(template.identity, method=method, seed=seed)
            asked = replace(template, identity=identity, seeded=method == "c")
            found.append(answered(asked, right, cluster))
        return found

    for _ in range(n_tables):
        level = rng.normal(0.7, 0.1, 19)
        made = compare_methods([r for m in "abc" for r in records(m, level)], choices)
        alarms += any(pair.mark != "=" for pair in made.pairs)
        found = made.pairs[1].difference  # a against c
        assert found is not None and found.low is not None and found.high is not None
        outside += not found.low <= 0 <= found.high
    slack = 2 * np.sqrt(0.05 * 0.95 / n_tables)
    assert alarms / n_tables <= 0.05 + slack
    assert outside / n_tables <= 0.05 + slack
