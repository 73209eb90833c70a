"""``oneshot compare``: whether methods differ by more than chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.grid import console, print_grid, print_title
from harness.commands.options import json_option, results_option, task_option
from harness.errors import UsageError
from harness.plugins.defaults import OFFICIAL_TASK, SWEEP

if TYPE_CHECKING:
    from rich.console import Console

    from harness.records.record import Record
    from harness.records.repetitions import TaskEpisodes
    from harness.statistics.comparison import Comparison, Pair, Rank, Side

MOST_MISSING = 5
EXPLANATION = """\
> or <: they differ.  =: no difference found.  ?: not tested.  !: not comparable.
difference: in points, with its 95 % interval over clusters and seeds.
p: corrected for all pairs above (Holm).  ×3: the mean of three trainings.
flipped: trials that the first answered better, and that the second did.
shows: the smallest true difference that these trials would show in 4 of 5 cases."""


@click.command()
@click.argument("sides", nargs=-1, required=True, metavar="A B [C...]")
@task_option(
    f"Only this task, such as {OFFICIAL_TASK} or {SWEEP}. Repeatable.  "
    "[default: every task, and of a sweep only 5-way and 20-way]"
)
@click.option("--data", metavar="NAME", help="Only this dataset.  [default: every dataset]")
@results_option
@json_option
def compare(
    sides: tuple[str, ...], tasks: tuple[str, ...], data: str | None, results: Path, as_json: bool
) -> None:
    """Compare methods on the episodes that all of them answered.

    A and B are methods that are recorded in the results folder, as NAME or NAME[key=value,...]. Of
    three methods or more, every two are compared. Or A and B are results folders, and each method
    is compared with itself. Exit code 4 if nothing can be compared.
    """
    made = _compared(sides, tasks, data, results)
    if as_json:
        click.echo(json.dumps(_as_json(made), indent=1))
        return
    _print(made)


def _compared(
    sides: tuple[str, ...], tasks: tuple[str, ...], data: str | None, results: Path
) -> Comparison:
    from harness.protocol.settings import parse_method
    from harness.statistics.comparison import compare_folders, compare_methods

    if len(sides) < 2:
        raise UsageError(f"only {sides[0]} was named; name two methods, or two results folders")
    if any(map(_is_folder, sides)):
        _check_folders(sides)
        return compare_folders(*(_records(Path(side), tasks, data) for side in sides))
    methods = list(dict.fromkeys(parse_method(side) for side in sides))
    if len(methods) < 2:
        raise UsageError(f"{methods[0]} was named twice; name two methods that differ")
    return compare_methods(_records(results, tasks, data), methods)


def _is_folder(side: str) -> bool:
    return "/" in side or Path(side).is_dir()


def _check_folders(sides: tuple[str, ...]) -> None:
    if len(sides) != 2:
        raise UsageError(f"{len(sides)} results folders were named; name two")
    for side in sides:
        if not (Path(side) / "records").is_dir():
            raise UsageError(
                f"{side} is no results folder, because it has no folder records; name two methods, "
                "or two folders that oneshot run --results has written"
            )


def _records(results: Path, tasks: tuple[str, ...], data: str | None) -> list[Record]:
    """Return the records of the named tasks and dataset."""
    from harness.errors import NothingToDo, did_you_mean
    from harness.records.record import Record
    from harness.records.selection import Selection
    from harness.records.store import read_all
    from harness.statistics.comparison import without_sweeps

    found = [result for result in read_all(results) if isinstance(result, Record)]
    if not found:
        raise NothingToDo(
            f"there are no records in {results / 'records'}; make some: oneshot run "
            f"--results {results}"
        )
    datasets = {record.identity.dataset.name for record in found}
    if data is not None and data not in datasets:
        raise UsageError(f"--data {data}: no record is of it; {did_you_mean(data, datasets)}")
    chosen = Selection(tasks=tasks).of(found)
    taken = [
        record
        for record in found
        if chosen.takes(record) and (data is None or record.identity.dataset.name == data)
    ]
    return taken if tasks else without_sweeps(taken)


def _print(made: Comparison) -> None:
    screen = console()
    for title, pairs in groupby(made.pairs, lambda pair: _title(pair.episodes)):
        print_title(screen, title)
        _print_pairs(screen, list(pairs))
    if made.ranks:
        _print_ranks(screen, made.ranks)
    for line in made.missing[:MOST_MISSING]:
        screen.print(f"not compared: {line}", soft_wrap=True)
    if len(made.missing) > MOST_MISSING:
        n_more = len(made.missing) - MOST_MISSING
        screen.print(f"not compared: {n_more} more; --json lists them")
    screen.print(EXPLANATION, style="dim", soft_wrap=True)


def _title(episodes: TaskEpisodes) -> str:
    return f"{episodes.dataset.label}  {episodes.task_label}"


def _print_pairs(console: Console, pairs: list[Pair]) -> None:
    from harness.statistics.accuracy import FEWEST_CLUSTERS

    head = ["%", "", "%", "difference", "p", "flipped", "shows"]
    print_grid(console, head, [_cells(pair) for pair in pairs], "lllrrrr")
    for pair in pairs:
        if pair.reason is not None:
            text = f"  {pair.first.label}, {pair.second.label}: not comparable: {pair.reason}"
            console.print(text, style="red", soft_wrap=True)
    for label in dict.fromkeys(_trained_once(pairs)):
        why = "one training does not show how the next would differ; repeat it: --seeds 0-2"
        console.print(f"  {label}: {why}", soft_wrap=True)
    if any(pair.mark == "?" and not _trained_once([pair]) for pair in pairs):
        why = f"fewer than {FEWEST_CLUSTERS} groups, or official runs, are too few to test on"
        console.print(f"  ?: {why}", soft_wrap=True)


def _trained_once(pairs: list[Pair]) -> list[str]:
    return [side.label for pair in pairs for side in (pair.first, pair.second) if side.trained_once]


def _cells(pair: Pair) -> list[str]:
    from harness.report.quantities import difference, p_value

    first = f"{pair.first.label} {_accuracy(pair.first)}"
    second = f"{_accuracy(pair.second)} {pair.second.label}"
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


def _accuracy(side: Side) -> str:
    """Return the mean, and over how many trainings."""
    return f"{side.accuracy:.2f}" + (f" ×{len(side.seeds)}" if side.seeded else "")


def _print_ranks(console: Console, ranks: Sequence[Rank]) -> None:
    print_title(console, "ranks: 1, and 1 more for each method that is better beyond doubt")
    labels = list(dict.fromkeys(rank.label for rank in ranks))
    known = {(rank.episodes, rank.label): str(rank.rank) for rank in ranks}
    rows = [
        [_title(episodes), *(known.get((episodes, label), "") for label in labels)]
        for episodes in dict.fromkeys(rank.episodes for rank in ranks)
    ]
    print_grid(console, ["task", *labels], rows, "l" + "r" * len(labels))


def _as_json(made: Comparison) -> dict[str, Any]:
    return {
        "pairs": [
            {
                **_question(pair.episodes),
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
            {**_question(rank.episodes), "method": rank.label, "rank": rank.rank}
            for rank in made.ranks
        ],
        "missing": list(made.missing),
    }


def _question(episodes: TaskEpisodes) -> dict[str, Any]:
    return {
        "dataset": episodes.dataset.name,
        "task": str(episodes.task),
        "episodes": episodes.n_episodes,
    }
