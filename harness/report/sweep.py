"""A sweep over N made compact: a column for some of its N, and one line for each failure."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.leaderboard import Row
from harness.report.tables import Curve, Table, variants

_USUAL_WAYS = (5, 10, 20, 40, 60)
_MOST_COLUMNS = 6


@dataclass(frozen=True, kw_only=True)
class SweepRow:
    """One variant: its label, and its row for each N that is shown, where it has one."""

    label: str
    points: tuple[Row | None, ...]


@dataclass(frozen=True, kw_only=True)
class SweepFailure:
    """A method that failed at some N: its label, the reason, the seeds and the N."""

    label: str
    reason: str
    seeds: tuple[int, ...]
    ways: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A curve as one table.

    Attributes:
        ways: the N that are shown.
        rows: the methods' variants, in their order at the largest N.
        failures: of any N, shown or not.
        split: the N of which some rows, drawn from other episodes, are left out.
    """

    ways: tuple[int, ...]
    rows: tuple[SweepRow, ...]
    failures: tuple[SweepFailure, ...]
    split: tuple[int, ...]


def sweep(curve: Curve) -> Sweep:
    """Make a curve compact."""
    shown = _shown(curve)
    return Sweep(
        ways=tuple(table.n_way for table in shown),
        rows=tuple(
            SweepRow(label=label, points=tuple(table.row_of(variant) for table in shown))
            for variant, label in variants((*reversed(shown), *reversed(curve.tables))).items()
        ),
        failures=_failures(curve),
        split=tuple(table.n_way for table in curve.tables if table.n_tables > 1),
    )


def _shown(curve: Curve) -> tuple[Table, ...]:
    usual = tuple(table for table in curve.tables if table.n_way in _USUAL_WAYS)
    if len(usual) > 1:
        return usual
    return curve.tables[:: -(-len(curve.tables) // _MOST_COLUMNS)]


def _failures(curve: Curve) -> tuple[SweepFailure, ...]:
    found: dict[object, list[Row]] = {}
    for table in curve.tables:
        for row in table.rows:
            if row.failure is not None:
                found.setdefault((row.method, row.failure, row.seeds), []).append(row)
    return tuple(
        SweepFailure(
            label=same[0].label,
            reason=same[0].failure or "",
            seeds=same[0].seeds,
            ways=tuple(row.asked.task.n_way or 0 for row in same),
        )
        for same in found.values()
    )
