"""``oneshot report``: from records to the leaderboard and the plots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.options import json_option, results_option

if TYPE_CHECKING:
    from rich.console import Console

    from harness.report.leaderboard import Row
    from harness.report.report import Report
    from harness.report.tables import Curve, Table


@click.command()
@results_option
@click.option("--quiet", "-q", is_flag=True, help="Print the tables, not what was written.")
@json_option
def report(results: Path, quiet: bool, as_json: bool) -> None:
    """Make the leaderboard and the plots from the records, and show the leaderboard.

    The same records give the same files, byte for byte.
    """
    from harness.report.report import report

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
    from harness.report.leaderboard_csv import cells

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

    from harness.report.tables import Table, arranged

    # names and reasons are text: nothing in them is markup
    console = Console(highlight=False, markup=False, emoji=False)
    for part in arranged(made.tables):
        if isinstance(part, Table):
            _print_table(console, part)
        else:
            _print_curve(console, part)


def _print_table(console: Console, table: Table) -> None:
    from harness.report.quantities import percent

    _print_title(console, f"{table.asked.dataset_label}  {table.asked.task_label}")
    if table.n_tables > 1:
        console.print(f"not comparable: drawn from other episodes ({table.drawn_from})")
    rows = [[row.label, percent(row.accuracy)] for row in table.measured]
    _print_grid(console, ["method", "accuracy, %"], rows)
    for row in table.rows:
        if row.failure is not None:
            _print_failure(console, row.label, row.failure)


def _print_curve(console: Console, curve: Curve) -> None:
    from harness.report.quantities import ways
    from harness.report.sweep import sweep

    asked, compact = curve.asked, sweep(curve)
    _print_title(
        console,
        f"{asked.dataset_label}  {asked.task.curve}, N = {ways(curve.ways)}{asked.episodes_label}",
    )
    rows = [[row.label, *map(_mean, row.points)] for row in compact.rows]
    _print_grid(console, ["accuracy, %", *(f"N = {n_way}" for n_way in compact.ways)], rows)
    for failure in compact.failures:
        _print_failure(console, f"{failure.label}, N = {ways(failure.ways)}", failure.reason)


def _mean(row: Row | None) -> str:
    if row is None:
        return ""
    return "failed" if row.accuracy is None else f"{row.accuracy.mean:.2f}"


def _print_title(console: Console, title: str) -> None:
    console.print(title, style="bold", soft_wrap=True)


def _print_failure(console: Console, label: str, reason: str) -> None:
    console.print(f"  {label}  failed: {reason}", style="red", soft_wrap=True)


def _print_grid(console: Console, head: list[str], rows: list[list[str]]) -> None:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD)
    for number, title in enumerate(head):
        grid.add_column(title, justify="right" if number else "left", overflow="fold")
    for cells in rows:
        grid.add_row(*map(Text, cells))
    if rows:
        console.print(grid)
