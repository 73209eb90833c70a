"""``oneshot report``: from records to the leaderboard and the plots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.options import json_option, quiet_option, results_option

if TYPE_CHECKING:
    from rich.table import Table as Grid

    from harness.report import Report
    from harness.tables import Curve, Table


@click.command()
@results_option
@quiet_option
@json_option
def report(results: Path, quiet: bool, as_json: bool) -> None:
    """Make the leaderboard and the plots from the records, and show the leaderboard.

    The same records give the same files, byte for byte.
    """
    from harness.report import report

    made = report(results)
    if as_json:
        click.echo(json.dumps(_summary(made), indent=1))
        return
    _print_tables(made)
    if not quiet:
        failures = f", {made.n_failures} failures" if made.n_failures else ""
        click.echo(f"{made.n_records} records{failures}; written:")
        for path in made.paths:
            click.echo(f"  {path}")


def _summary(made: Report) -> dict[str, Any]:
    from harness.leaderboard_csv import cells

    return {
        "records": made.n_records,
        "failures": made.n_failures,
        "paths": [str(path) for path in made.paths],
        "rows": [
            {**cells(table, row), "failure": row.failure}
            for table in made.tables
            for row in table.rows
        ],
    }


def _print_tables(made: Report) -> None:
    from rich.console import Console

    from harness.tables import Table, arranged

    console = Console(highlight=False, markup=False)
    for part in arranged(made.tables):
        console.print(_table(part) if isinstance(part, Table) else _curve(part))


def _table(table: Table) -> Grid:
    from harness.quantities import percent

    asked = table.asked
    grid = _grid(f"{asked.dataset_label}  {asked.task_label}", ("accuracy, %",))
    for row in table.rows:
        grid.add_row(row.label, percent(row.accuracy) or f"failed: {row.failure}")
    if table.n_tables > 1:
        grid.caption = f"not comparable: drawn from other episodes ({table.drawn_from})"
    return grid


def _curve(curve: Curve) -> Grid:
    from harness.quantities import ways
    from harness.sweep import sweep

    asked, compact = curve.asked, sweep(curve)
    title = f"{asked.dataset_label}  {asked.task.curve}, N = {ways(curve.ways)}"
    grid = _grid(title, tuple(f"N = {n_way}" for n_way in compact.ways))
    for row in compact.rows:
        grid.add_row(row.label, *row.points)
    grid.caption = "\n".join(
        f"{failure.label} failed at N = {ways(failure.ways)}: {failure.reason}"
        for failure in compact.failures
    )
    return grid


def _grid(title: str, columns: tuple[str, ...]) -> Grid:
    from rich import box
    from rich.table import Table as Grid

    grid = Grid(title=title, title_justify="left", caption_justify="left", box=box.SIMPLE_HEAD)
    grid.add_column("method", overflow="fold")
    for column in columns:
        grid.add_column(column, justify="right", overflow="fold")
    return grid
