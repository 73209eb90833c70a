from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.protocol.dataset import Nouns
from harness.report.leaderboard import rows
from harness.report.site.heat_map import HeatMap, heat_map
from harness.report.tables import tables

Make = Callable[..., Any]


def map_of(*results: Any) -> HeatMap | None:
    (table,) = tables(rows(results))
    return heat_map(table, Nouns())


def test_the_hardest_cluster_comes_first_and_methods_best_first(make_record: Make) -> None:
    # 20 queries in 5 clusters, one after another: of the first 7, clusters 0 and 1 have two each
    found = map_of(make_record("good", right=7), make_record("bad", right=3))
    assert found is not None
    assert found.methods == ("good", "bad")
    assert [cluster.name for cluster in found.clusters] == [
        "cluster 3",
        "cluster 4",
        "cluster 2",
        "cluster 0",
        "cluster 1",
    ]
    assert found.clusters[0].accuracy == (25.0, 0.0)
    assert found.clusters[-1].accuracy == (50.0, 25.0)
    assert {cluster.n_queries for cluster in found.clusters} == {4}


def test_seeds_are_averaged(make_record: Make) -> None:
    found = map_of(make_record("a", right=20, seed=0), make_record("a", right=0, seed=1))
    assert found is not None
    assert {cluster.accuracy for cluster in found.clusters} == {(50.0,)}


def test_weighted_by_queries_it_is_the_accuracy_of_the_leaderboard(answer: Make) -> None:
    results = [answer("a", seed=seed) for seed in (0, 1)]
    found = map_of(*results)
    assert found is not None
    weights = [cluster.n_queries for cluster in found.clusters]
    shares = [cluster.accuracy[0] for cluster in found.clusters]
    expected = np.mean([result.outcomes.percent for result in results])
    assert np.average(shares, weights=weights) == pytest.approx(expected)


def test_one_cluster_or_a_failure_alone_gives_no_map(make_record: Make, make_failure: Make) -> None:
    assert map_of(make_record("a", n_clusters=1)) is None
    assert map_of(make_failure("a")) is None
