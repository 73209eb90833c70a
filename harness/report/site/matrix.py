"""Every method against every other on one task."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from harness.report.site.wrong_trials import MOST_METHODS
from harness.report.tables import Table
from harness.statistics.accuracy import ALARMS
from harness.statistics.paired import ClusterPoints, Difference, difference_of, holm


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The row's method against the column's.

    Attributes:
        difference: the row's accuracy less the column's, in points, with its interval.
        p: corrected for all pairs of the matrix; None where there is no test.
    """

    difference: Difference
    p: float | None

    @property
    def verdict(self) -> str:
        """``better``, ``worse``, ``not told apart``, or ``not tested``."""
        if self.p is None:
            return "not tested"
        if self.p >= ALARMS:
            return "not told apart"
        return "better" if self.difference.mean > 0 else "worse"


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All pairs of a task's methods.

    Attributes:
        methods: labels, best first.
        cells: ``cells[i][j]`` is method i against method j; None on the diagonal.
        n_left_out: methods beyond the best ``MOST_METHODS``.
    """

    methods: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]
    n_left_out: int = 0


def matrix(table: Table) -> Matrix | None:
    """Compare the measured rows of a table; None with fewer than two."""
    rows = table.measured[:MOST_METHODS]
    if len(rows) < 2:
        return None
    sides = [ClusterPoints.of(row.records) for row in rows]
    pairs = list(combinations(range(len(rows)), 2))
    found = [difference_of(sides[i], sides[j]) for i, j in pairs]
    tested = {place: each.p for place, each in enumerate(found) if each.p is not None}
    corrected = dict(zip(tested, holm(list(tested.values())), strict=True))
    cells: list[list[Cell | None]] = [[None] * len(rows) for _ in rows]
    for place, ((i, j), each) in enumerate(zip(pairs, found, strict=True)):
        p = corrected.get(place)
        cells[i][j] = Cell(difference=each, p=p)
        cells[j][i] = Cell(difference=each.reversed, p=p)
    return Matrix(
        methods=tuple(row.label for row in rows),
        cells=tuple(map(tuple, cells)),
        n_left_out=len(table.measured) - len(rows),
    )
