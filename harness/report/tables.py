"""Which rows stand together: tables of comparable rows, and curves of tables that differ in N."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from harness.protocol.task import Task
from harness.records.repetitions import FEWEST_OF_A_SWEEP, HEADLINE_WAYS, TaskEpisodes, Variant
from harness.report.leaderboard import Row

_FEWEST_TASKS, _FEWEST_METHODS = 2, 2
_USUAL_WAYS = (5, 10, 20, 40, 60)
_MOST_COLUMNS = 6


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows that may be compared, best first.

    Attributes:
        episodes: the task and its episodes, which all rows answered.
        rows: at least one.
        number: 1 where most rows of the task stand; 2 and on for those drawn from other episodes.
        n_tables: how many such tables the task has; 1 where all its rows are comparable.
    """

    episodes: TaskEpisodes
    rows: tuple[Row, ...]
    number: int
    n_tables: int

    @property
    def drawn_from(self) -> str:
        """The episodes and the dataset, by the first digits of their hashes."""
        manifest = self.episodes.manifest or "unknown"
        return f"{manifest[:8]} of {self.episodes.dataset.fingerprint[:8]}"

    @property
    def n_way(self) -> int:
        """The N of a task that has one in its name; 0 of others."""
        return self.episodes.task.n_way or 0

    @property
    def measured(self) -> tuple[Row, ...]:
        """The rows that did not fail."""
        return tuple(row for row in self.rows if row.accuracy is not None)

    def row_of(self, variant: Variant) -> Row | None:
        """Return a variant's row; where it has none, a failure of its method."""
        measured = (row for row in self.measured if row.variant == variant)
        failed = (row for row in self.rows if row.failure and row.method == variant.method)
        return next(measured, None) or next(failed, None)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Tables of tasks that differ in N alone, by rising N."""

    tables: tuple[Table, ...]

    @property
    def episodes(self) -> TaskEpisodes:
        """The episodes of its first point: every point shares all of them but N."""
        return self.tables[0].episodes

    @property
    def ways(self) -> tuple[int, ...]:
        """Its N."""
        return tuple(table.n_way for table in self.tables)


def tables(rows: Iterable[Row]) -> tuple[Table, ...]:
    """Divide sorted rows into tables of comparable ones, in their order."""
    found = []
    for _, same_task in groupby(rows, lambda row: _question(row.episodes)):
        parts = [
            (episodes, tuple(part))
            for episodes, part in groupby(same_task, lambda row: row.episodes)
        ]
        found += [
            Table(episodes=episodes, rows=part, number=number, n_tables=len(parts))
            for number, (episodes, part) in enumerate(parts, start=1)
        ]
    return tuple(found)


def variants(tables: Iterable[Table]) -> dict[Variant, str]:
    """Return the label of each variant that was measured, and of each method that only failed.

    In the order in which they stand in the first table that has them.
    """
    tables = tuple(tables)
    found: dict[Variant, str] = {}
    for row in (row for table in tables for row in table.measured):
        found.setdefault(row.variant, row.label)
    measured = {variant.method for variant in found}
    for row in (row for table in tables for row in table.rows if row.method not in measured):
        found.setdefault(row.variant, row.label)
    return found


def curves(tables: Iterable[Table], *, fewest: int) -> tuple[Curve, ...]:
    """Return the curves with at least so many N, of the tables in which most rows stand.

    The points of a curve share everything but N: dataset, family, shots, split and number of
    episodes.
    """
    found: dict[object, list[Table]] = {}
    for table in tables:
        episodes = table.episodes
        if episodes.task.n_way is not None and table.number == 1:
            curve = (episodes.dataset, episodes.task.curve, episodes.n_episodes)
            found.setdefault(curve, []).append(table)
    return tuple(Curve(tables=tuple(part)) for part in found.values() if len(part) >= fewest)


def arranged(tables: Iterable[Table]) -> tuple[Table | Curve, ...]:
    """Return what a page shows: a table for each task, but one curve for a whole sweep.

    Within a sweep, tasks of the shapes that papers report, and tasks whose rows are not all
    comparable, keep tables of their own as well.
    """
    tables = tuple(tables)
    sweeps = [
        curve
        for curve in curves(tables, fewest=FEWEST_OF_A_SWEEP)
        if curve.episodes.task.n_shot == 1
    ]
    sweep_of = {table.episodes: curve for curve in sweeps for table in curve.tables}
    shown: list[Table | Curve] = []
    for table in tables:
        sweep = sweep_of.get(table.episodes)
        if sweep is None or table.episodes.task.n_way in HEADLINE_WAYS or table.n_tables > 1:
            shown.append(table)
        if sweep is not None and table is sweep.tables[-1]:
            shown.append(sweep)
    return tuple(shown)


def _question(episodes: TaskEpisodes) -> tuple[str, Task, int | None]:
    return episodes.dataset.name, episodes.task, episodes.n_episodes


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Methods against tasks.

    Attributes:
        tasks: the tasks' names, fixed ones first.
        methods: labels of variants, in their order on the first task; then those not in it.
        rows: for each method, a row for each task; None where it has no result.
    """

    tasks: tuple[str, ...]
    methods: tuple[str, ...]
    rows: tuple[tuple[Row | None, ...], ...]


def overview(tables: Sequence[Table]) -> Overview | None:
    """Return a dataset's main tasks side by side; None where there is little to set side by side.

    Main are the fixed tasks and those of the most classes that papers report, whole, on the
    evaluation alphabets.

    Args:
        tables: of one dataset.
    """
    main = sorted(filter(_is_main, tables), key=lambda table: table.n_way > 0)
    methods = variants(main)
    if len(main) < _FEWEST_TASKS or len(methods) < _FEWEST_METHODS:
        return None
    return Overview(
        tasks=tuple(str(table.episodes.task) for table in main),
        methods=tuple(methods.values()),
        rows=tuple(tuple(table.row_of(each) for table in main) for each in methods),
    )


def _is_main(table: Table) -> bool:
    episodes = table.episodes
    whole = (
        episodes.n_episodes is None and episodes.task.split == "evaluation" and table.number == 1
    )
    return whole and table.n_way in (0, max(HEADLINE_WAYS))


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
            ways=tuple(row.episodes.task.n_way or 0 for row in same),
        )
        for same in found.values()
    )
