"""The leaderboard of the page: groups of comparable rows, and where each row comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from harness.report.leaderboard import Row
from harness.report.markdown import without_folders
from harness.report.provenance import Provenance, provenance
from harness.report.published import Published, published_for
from harness.report.quantities import UNTRAINED_SECONDS, duration, memory, percent, training
from harness.report.tables import Table


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One row.

    Attributes:
        anchor: what a link to its details names; the same in every report of the row.
        row: what was measured, or why it failed.
        framework: what the method computes with; empty where it failed.
        trained: whether a fit learnt anything; None where it failed.
        accuracy: as text, with its interval.
        fit: the duration of a fit as text; empty where it failed.
        score: of scoring a query.
        memory: at its peak.
        reason: why it failed; empty where it did not.
        settings: every setting as ``key=value``, defaults included.
        origin: the machines, versions and commits of its seeds; None where it failed.
    """

    anchor: str
    row: Row
    framework: str
    trained: bool | None
    accuracy: str
    fit: str = ""
    score: str = ""
    memory: str = ""
    reason: str = ""
    settings: tuple[str, ...] = ()
    origin: Provenance | None


@dataclass(frozen=True, kw_only=True)
class TaskLeaderboard:
    """One task on one dataset, with what others published for the very same.

    Attributes:
        table: the rows, which may be compared.
        title: the task as it is shown, and which of several tables of it this is.
        entries: as many as rows.
        published: the figures of the task's own protocol.
    """

    table: Table
    title: str
    entries: tuple[BoardRow, ...]
    published: tuple[Published, ...]

    @property
    def frameworks(self) -> tuple[str, ...]:
        """What its methods compute with."""
        return tuple(sorted({entry.framework for entry in self.entries if entry.framework}))


def leaderboards(tables: Sequence[Table]) -> tuple[TaskLeaderboard, ...]:
    """Return a leaderboard for each table, in their order."""
    return tuple(map(_leaderboard, tables))


def _leaderboard(table: Table) -> TaskLeaderboard:
    episodes = table.episodes
    other = "" if table.number == 1 else f", other episodes {table.number}"
    return TaskLeaderboard(
        table=table,
        title=f"{episodes.task_label}{other}",
        entries=tuple(map(_entry, table.rows)),
        published=published_in(table),
    )


def published_in(table: Table) -> tuple[Published, ...]:
    """Return what others published for a table's very protocol."""
    episodes = table.episodes
    if episodes.dataset.synthetic or table.number > 1:
        return ()
    return published_for(episodes.dataset.name, str(episodes.task), episodes.n_episodes)


def _entry(row: Row) -> BoardRow:
    anchor = _anchor(row)
    if row.accuracy is None or row.spent is None:
        return BoardRow(
            anchor=anchor,
            row=row,
            framework="",
            trained=None,
            accuracy="failed",
            reason=without_folders(row.failure or ""),
            origin=None,
        )
    first = row.records[0]
    return BoardRow(
        anchor=anchor,
        row=row,
        framework=first.framework,
        trained=row.spent.fit_seconds >= UNTRAINED_SECONDS,
        accuracy=percent(row.accuracy),
        fit=training(row.spent.fit_seconds) + (", cached" if row.spent.cached else ""),
        score=duration(row.spent.score_ms / 1000),
        memory=memory(row.spent.peak_memory),
        settings=tuple(
            without_folders(f"{key}={value}") for key, value in sorted(first.configuration.items())
        ),
        origin=provenance(row.records),
    )


def _anchor(row: Row) -> str:
    on = row.episodes
    told = (on.dataset.name, on.dataset.fingerprint, on.task_label, on.manifest, row.label)
    return f"row-{sha256(repr((*told, row.seeds, row.failure)).encode()).hexdigest()[:12]}"
