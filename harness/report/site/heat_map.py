"""Accuracy cluster by cluster: which groups, or official runs, are hard for whom."""

from __future__ import annotations

from dataclasses import dataclass

from harness.protocol.dataset import Nouns
from harness.report.leaderboard import Row
from harness.report.site.wrong_trials import MOST_METHODS
from harness.report.tables import Table
from harness.statistics.accuracy import cluster_points


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One cluster of a task.

    Attributes:
        name: the group, or the official run.
        n_queries: of one seed.
        accuracy: in percent, one for each method of the map.
    """

    name: str
    n_queries: int
    accuracy: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """Accuracy by cluster and method on one task.

    Attributes:
        methods: labels, best first.
        clusters: hardest first, by the mean over methods.
        group: the dataset's noun for a group.
        n_left_out: methods beyond the best ``MOST_METHODS``.
    """

    methods: tuple[str, ...]
    clusters: tuple[Cluster, ...]
    group: str
    n_left_out: int = 0


def heat_map(table: Table, nouns: Nouns) -> HeatMap | None:
    """Return the map of a table's measured rows; None with fewer than two clusters."""
    rows = table.measured[:MOST_METHODS]
    if not rows:
        return None
    names = _names(rows[0])
    counts = cluster_points(rows[0].records)[1]
    if len(names) < 2:
        return None
    columns = [_percent(row) for row in rows]
    clusters = [
        Cluster(
            name=name,
            n_queries=int(counts[place]),
            accuracy=tuple(column[place] for column in columns),
        )
        for place, name in enumerate(names)
    ]
    return HeatMap(
        methods=tuple(row.label for row in rows),
        clusters=tuple(sorted(clusters, key=lambda each: (sum(each.accuracy), each.name))),
        group=nouns.group,
        n_left_out=len(table.measured) - len(rows),
    )


def _names(row: Row) -> list[str]:
    """Return the clusters that have queries, in the order of ``cluster_points``."""
    first = row.records[0]
    present = set(first.cluster.tolist())
    return [name for place, name in enumerate(first.clusters) if place in present]


def _percent(row: Row) -> list[float]:
    points, counts = cluster_points(row.records)
    return (100 * points.mean(axis=0) / counts).tolist()
