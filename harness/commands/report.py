"""``oneshot report``: makes the leaderboard, the plots and the page from the records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.grid import console, print_grid, print_title
from harness.commands.options import json_option, plugin_option, results_option

if TYPE_CHECKING:
    from rich.console import Console

    from harness.report.leaderboard import Row
    from harness.report.report import Report
    from harness.report.tables import Curve, Table


@click.command()
@results_option
@plugin_option
@click.option(
    "--quiet", "-q", is_flag=True, help="Print the tables, and not the files that were written."
)
@json_option
def report(results: Path, plugins: tuple[Path, ...], quiet: bool, as_json: bool) -> None:
    """Make leaderboard, plots and results page from the records.

    The page, site/index.html, is one file that opens offline. Its error gallery shows the images
    of the datasets that are installed. The same records and datasets give the same files.
    """
    from harness.plugins.registry import Plugins
    from harness.report.report import report

    made = report(results, Plugins(plugins))
    if as_json:
        click.echo(json.dumps(_summary(made), indent=1))
        return
    _print_tables(made)
    if not quiet:
        click.echo(f"{made.origin.made_from}; written:")
        for path in made.paths:
            click.echo(f"  {path}")


def _summary(made: Report) -> dict[str, Any]:
    from harness.report.leaderboard_csv import cells

    return {
        "records": made.origin.n_records,
        "failures": made.origin.n_failures,
        "paths": [str(path) for path in made.paths],
        "rows": [
            {**cells(table, row), "failure": row.failure}
            for table in made.tables
            for row in table.rows
        ],
    }


def _print_tables(made: Report) -> None:
    from harness.report.tables import Table, arranged

    screen = console()
    for part in arranged(made.tables):
        if isinstance(part, Table):
            _print_table(screen, part)
        else:
            _print_curve(screen, part)


def _print_table(console: Console, table: Table) -> None:
    from harness.report.quantities import percent

    print_title(console, f"{table.episodes.dataset.label}  {table.episodes.task_label}")
    if table.n_tables > 1:
        console.print(f"not comparable: drawn from other episodes ({table.drawn_from})")
    rows = [[row.label, percent(row.accuracy)] for row in table.measured]
    print_grid(console, ["method", "accuracy, %"], rows, "lr")
    for row in table.rows:
        if row.failure is not None:
            _print_failure(console, row.label, row.failure)


def _print_curve(console: Console, curve: Curve) -> None:
    from harness.report.quantities import ways
    from harness.report.tables import sweep

    episodes, compact = curve.episodes, sweep(curve)
    name = f"{episodes.task.curve}, N = {ways(curve.ways)}{episodes.episodes_label}"
    print_title(console, f"{episodes.dataset.label}  {name}")
    rows = [[row.label, *map(_mean, row.points)] for row in compact.rows]
    head = ["accuracy, %", *(f"N = {n_way}" for n_way in compact.ways)]
    print_grid(console, head, rows, "l" + "r" * len(compact.ways))
    for failure in compact.failures:
        _print_failure(console, f"{failure.label}, N = {ways(failure.ways)}", failure.reason)


def _mean(row: Row | None) -> str:
    if row is None:
        return ""
    return "failed" if row.accuracy is None else f"{row.accuracy.mean:.2f}"


def _print_failure(console: Console, label: str, reason: str) -> None:
    console.print(f"  {label}  failed: {reason}", style="red", soft_wrap=True)
