"""The leaderboard as CSV: every row, for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from harness.report.leaderboard import Row
from harness.report.tables import Table

COLUMNS = (
    "dataset",
    "task",
    "method",
    "settings",
    "accuracy",
    "ci_low",
    "ci_high",
    "seeds",
    "queries",
    "fit_seconds",
    "score_ms_per_query",
    "peak_memory_mb",
    "parameters",
    "transductive",
)


def to_csv(tables: Iterable[Table]) -> str:
    """Return the tables as the text of ``leaderboard.csv``; a failure has a blank accuracy."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for table in tables:
        writer.writerows(cells(table, row) for row in table.rows)
    return text.getvalue()


def cells(table: Table, row: Row) -> dict[str, str]:
    """Return a row's cells by column; blank is unknown."""
    filled = {
        "dataset": row.episodes.dataset.label,
        "task": _task(table),
        "method": row.method.name,
        "settings": ",".join(f"{key}={value}" for key, value in row.method.pairs),
    }
    if row.accuracy is not None:
        filled |= {
            "accuracy": f"{row.accuracy.mean:.2f}",
            "ci_low": _decimals(row.accuracy.low, 2),
            "ci_high": _decimals(row.accuracy.high, 2),
            "seeds": str(row.accuracy.n_seeds),
            "queries": str(row.accuracy.n_queries),
            "transductive": "true" if row.transductive else "false",
        }
    if row.spent is not None:
        filled |= {
            "fit_seconds": _decimals(row.spent.fit_seconds, 3),
            "score_ms_per_query": _decimals(row.spent.score_ms, 4),
            "peak_memory_mb": _decimals(row.spent.peak_memory / 1e6, 1),
            "parameters": "" if row.spent.parameters is None else str(row.spent.parameters),
        }
    return {column: filled.get(column, "") for column in COLUMNS}


def _task(table: Table) -> str:
    """Return the task's name, which tells apart what is not comparable."""
    episodes = table.episodes
    name = str(episodes.task) + ("" if episodes.n_episodes is None else f"#{episodes.n_episodes}")
    return name if table.n_tables == 1 else f"{name} (episodes {table.drawn_from})"


def _decimals(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
