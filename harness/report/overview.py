"""A dataset at a glance: every method on the main tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.records.repetitions import HEADLINE_WAYS
from harness.report.leaderboard import Row
from harness.report.tables import Table, variants

_FEWEST_TASKS, _FEWEST_METHODS = 2, 2


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Methods against tasks.

    Attributes:
        tasks: the tasks' names, fixed ones first.
        methods: labels of variants, in their order on the first task; then those not in it.
        rows: of each method one for each task, None where it was not asked.
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
        tasks=tuple(str(table.asked.task) for table in main),
        methods=tuple(methods.values()),
        rows=tuple(tuple(table.row_of(each) for table in main) for each in methods),
    )


def _is_main(table: Table) -> bool:
    asked = table.asked
    whole = asked.n_episodes is None and asked.task.split == "evaluation" and table.number == 1
    return whole and table.n_way in (0, max(HEADLINE_WAYS))
