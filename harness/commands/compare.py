"""``oneshot compare``: whether a difference between methods is more than chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.grid import console, print_grid, print_title
from harness.commands.options import json_option, results_option
from harness.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from harness.comparison import Comparison, Pair, Rank
    from harness.records import Record
    from harness.repetitions import Asked

EXPLANATION = """\
> or <: told apart.  =: not told apart.  !: not comparable.
difference: in points, with its 95 % interval over clusters and seeds.
p: corrected for all pairs above (Holm).
flipped: trials in which the first earned more, and in which the second did.
shows: the smallest true difference that these trials would show in 4 of 5 cases."""


@click.command()
@click.argument("sides", nargs=-1, required=True, metavar="A B [C...]")
@click.option(
    "--task",
    "-t",
    "tasks",
    multiple=True,
    metavar="TASK",
    help="Only this task, such as lake-400. Repeatable. [default: every task that was recorded]",
)
@click.option("--data", metavar="NAME", help="Only this dataset. [default: every one]")
@results_option
@json_option
def compare(
    sides: tuple[str, ...], tasks: tuple[str, ...], data: str | None, results: Path, as_json: bool
) -> None:
    """Compare methods on the episodes that all of them answered: A with B, and every other two.

    A and B are methods, as NAME or NAME[key=value,...], recorded in the results folder; or two
    results folders, whose methods are compared each with itself. Exit code 4 when nothing can be
    compared.
    """
    made = _compared(sides, tasks, data, results)
    if as_json:
        click.echo(json.dumps(_as_json(made), indent=1))
        return
    _print(made)


def _compared(
    sides: tuple[str, ...], tasks: tuple[str, ...], data: str | None, results: Path
) -> Comparison:
    from harness.comparison import compare_folders, compare_methods
    from harness.settings import parse_method

    if len(sides) < 2:
        raise UsageError(f"compare {sides[0]} with what? name two methods, or two results folders")
    folders = [Path(side) for side in sides if (Path(side) / "records").is_dir()]
    if len(folders) == len(sides) == 2:
        return compare_folders(*(_records(folder, tasks, data) for folder in folders))
    methods = list(dict.fromkeys(parse_method(side) for side in sides))
    if len(methods) < 2:
        raise UsageError(f"compare {methods[0]} with itself? name two methods that differ")
    return compare_methods(_records(results, tasks, data), methods)


def _records(results: Path, tasks: tuple[str, ...], data: str | None) -> list[Record]:
    """Read the records of the tasks and dataset that were named."""
    from harness.errors import NothingToDo
    from harness.records import Record
    from harness.store import read_all

    found = [
        result
        for result in read_all(results)
        if isinstance(result, Record)
        and (not tasks or result.identity.task in tasks)
        and (data is None or result.identity.dataset == data)
    ]
    if not found:
        named = " ".join(filter(None, [*tasks, data]))
        of = f" of {named}" if named else ""
        raise NothingToDo(
            f"there are no records{of} in {results / 'records'}; make some: oneshot run "
            f"--results {results}"
        )
    return found


def _print(made: Comparison) -> None:
    screen = console()
    for title, pairs in groupby(made.pairs, lambda pair: _title(pair.asked)):
        print_title(screen, title)
        _print_pairs(screen, list(pairs))
    if made.ranks:
        _print_ranks(screen, made.ranks)
    for line in made.missing:
        screen.print(f"not compared: {line}", soft_wrap=True)
    screen.print(EXPLANATION, style="dim", soft_wrap=True)


def _title(asked: Asked) -> str:
    return f"{asked.dataset_label}  {asked.task_label}"


def _print_pairs(console: Console, pairs: list[Pair]) -> None:
    head = ["%", "", "%", "difference", "p", "flipped", "shows"]
    print_grid(console, head, [_cells(pair) for pair in pairs], "lllrrrr")
    for pair in pairs:
        if pair.reason is not None:
            text = f"  {pair.first.label}, {pair.second.label}: not comparable: {pair.reason}"
            console.print(text, style="red", soft_wrap=True)


def _cells(pair: Pair) -> list[str]:
    from harness.report.quantities import difference, p_value

    first = f"{pair.first.label} {pair.first.accuracy:.2f}"
    second = f"{pair.second.accuracy:.2f} {pair.second.label}"
    found = pair.difference
    if found is None:
        return [first, pair.mark, second, "", "", "", ""]
    return [
        first,
        pair.mark,
        second,
        difference(found),
        p_value(pair.p),
        f"{found.n_better}:{found.n_worse}",
        "" if found.detectable is None else f"{found.detectable:.1f}",
    ]


def _print_ranks(console: Console, ranks: Sequence[Rank]) -> None:
    print_title(console, "ranks: 1, and 1 more for each method that is better beyond doubt")
    labels = list(dict.fromkeys(rank.label for rank in ranks))
    known = {(rank.asked, rank.label): str(rank.rank) for rank in ranks}
    rows = [
        [_title(asked), *(known.get((asked, label), "") for label in labels)]
        for asked in dict.fromkeys(rank.asked for rank in ranks)
    ]
    print_grid(console, ["task", *labels], rows, "l" + "r" * len(labels))


def _as_json(made: Comparison) -> dict[str, Any]:
    return {
        "pairs": [
            {
                **_question(pair.asked),
                "first": asdict(pair.first),
                "second": asdict(pair.second),
                "mark": pair.mark,
                "difference": None if pair.difference is None else asdict(pair.difference),
                "p_corrected": pair.p,
                "reason": pair.reason,
            }
            for pair in made.pairs
        ],
        "ranks": [
            {**_question(rank.asked), "method": rank.label, "rank": rank.rank}
            for rank in made.ranks
        ],
        "missing": list(made.missing),
    }


def _question(asked: Asked) -> dict[str, Any]:
    return {"dataset": asked.dataset, "task": str(asked.task), "episodes": asked.n_episodes}
