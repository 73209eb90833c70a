"""``oneshot check``: compares results with a baseline, for CI."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.grid import console, print_grid
from harness.commands.options import json_option, method_option, results_option, task_option
from harness.errors import MethodError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from harness.check.baseline import Move
    from harness.check.finding import Checked, Finding


@click.command()
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results/baseline"),
    show_default=True,
    metavar="DIR",
    help="The results folder to compare with.",
)
@results_option
@method_option("Only this method of the baseline. Repeatable.")
@task_option("Only this task of the baseline. Repeatable.")
@click.option(
    "--time-tolerance",
    type=click.FloatRange(min=1),
    default=1.5,
    show_default=True,
    help="A time above this many times the baseline's is a regression.",
)
@click.option(
    "--memory-tolerance",
    type=click.FloatRange(min=1),
    default=1.25,
    show_default=True,
    help="Memory above this many times the baseline's is a regression.",
)
@click.option(
    "--update", is_flag=True, help="Copy these results into the baseline, and print what changed."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "junit"]),
    default="text",
    show_default=True,
    help="A table; annotations and a job summary for GitHub; or JUnit XML.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the JSON or JUnit XML to this file, and print the table.",
)
@json_option
def check(
    baseline: Path,
    results: Path,
    methods: tuple[str, ...],
    tasks: tuple[str, ...],
    time_tolerance: float,
    memory_tolerance: float,
    update: bool,
    form: str,
    output: Path | None,
    as_json: bool,
) -> int:
    """Compare results with a baseline: the answers and the costs.

    A method without randomness must give the same answers. A trained one may be less accurate by
    as much as its seeds differ. Times and memory count as ratios to a reference workload. A result
    that is missing, or of other episodes or pixels, never passes. Exit codes: 0 fine, 1 regressed
    or changed, 3 a method failed, 4 not comparable or missing, 5 no baseline.
    """
    from harness.check.check import check
    from harness.check.costs import Tolerance
    from harness.check.finding import exit_code
    from harness.records.selection import Selection

    _check_options(form, output, update, as_json)
    selection = Selection(methods=methods, tasks=tasks)
    tolerance = Tolerance(time=time_tolerance, memory=memory_tolerance)
    if update:
        from harness.check.baseline import update as move

        return _print_moves(move(baseline, results, selection, tolerance), baseline, as_json)
    checked = check(baseline, results, tolerance, selection)
    _write(checked, "json" if as_json else form, output)
    return exit_code(checked)


def _check_options(form: str, output: Path | None, update: bool, as_json: bool) -> None:
    """Refuse options that would have no effect."""
    if as_json and form != "text":
        raise UsageError(f"--json and --format {form} exclude each other; leave one of them out")
    if update and (form != "text" or output is not None):
        raise UsageError("--update prints what changed; leave --format and --output out")
    if output is not None and not as_json and form != "junit":
        raise UsageError(f"--output {output}: add --format junit or --json, which it takes")


def _write(checked: Sequence[Checked], form: str, output: Path | None) -> None:
    from harness.check.github import summary, workflow_commands
    from harness.check.junit import to_junit
    from harness.storage.atomic import write_atomically

    made = None
    if form == "json":
        made = json.dumps([_as_json(each) for each in checked], indent=1) + "\n"
    elif form == "junit":
        made = to_junit(checked)
    if made is not None and output is None:
        click.echo(made, nl=False)
        return
    if made is not None and output is not None:
        try:
            write_atomically(output, made)
        except OSError as failure:
            raise UsageError(
                f"--output {output}: it cannot be written ({failure.strerror}); name another file"
            ) from failure
    if form == "github":
        _append_summary(summary(checked))
        for line in workflow_commands(checked):
            click.echo(line)
    _print(console(), checked)


def _append_summary(text: str) -> None:
    """Add text to the job summary on GitHub; print it elsewhere."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    else:
        click.echo(text)


def _print(screen: Console, checked: Sequence[Checked]) -> None:
    from harness.check.finding import listed

    head = ["", "task", "method", "answers", "training", "scoring", "memory"]
    print_grid(screen, head, [_cells(each) for each in checked], "lllllll")
    for each in checked:
        for finding in each.wrong:
            line = f"{each.title(finding)}: {finding.text}"
            screen.print(line, style="red", soft_wrap=True)
            for line in listed(finding.flips):
                screen.print(f"  {line}", soft_wrap=True)
    for reason in dict.fromkeys(_not_judged(checked)):
        screen.print(f"not judged: {reason}", style="dim", soft_wrap=True)
    counts = Counter(each.mark for each in checked)
    screen.print(", ".join(f"{n} {mark}" for mark, n in counts.items()), soft_wrap=True)


def _not_judged(checked: Sequence[Checked]) -> list[str]:
    from harness.check.finding import Mark

    return [
        f"{finding.aspect} of {each.method}: {finding.text}"
        for each in checked
        for finding in each.findings
        if finding.mark is Mark.NOT_JUDGED
    ]


def _cells(each: Checked) -> list[str]:
    from harness.check.finding import EXIT_CODES, Mark

    sign = "x" if each.mark in EXIT_CODES else "+" if each.mark is Mark.NEW else "ok"
    found = {finding.aspect: finding for finding in each.findings}
    answers = found["answers"]
    shown = answers.text if answers.mark is Mark.PASSED else str(answers.mark)
    costs = [_ratio(found.get(aspect)) for aspect in ("training", "scoring", "memory")]
    return [sign, str(each.question), str(each.method), shown, *costs]


def _ratio(finding: Finding | None) -> str:
    return "" if finding is None or finding.ratio is None else f"{finding.ratio:.2f} ×"


def _as_json(each: Checked) -> dict[str, Any]:
    return {
        "dataset": each.question.dataset,
        "task": str(each.question.task),
        "episodes": each.question.n_episodes,
        "method": str(each.method),
        "mark": each.mark,
        "findings": [asdict(finding) for finding in each.findings],
    }


def _print_moves(moves: Sequence[Move], baseline: Path, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps([asdict(move) for move in moves], indent=1, default=str))
    else:
        for move in moves:
            click.echo(_line(move))
        counts = Counter(move.how for move in moves)
        click.echo(f"{baseline}: " + ", ".join(f"{how}: {n}" for how, n in counts.items()))
    return MethodError.exit_code if any(move.how == "failed" for move in moves) else 0


def _line(move: Move) -> str:
    identity = move.identity
    what = f"{identity.dataset.name} {identity.task}  {identity.choice}  seed {identity.seed}"
    match move.how:
        case "other answers" | "other episodes":
            line = f"{what}  {move.how}: {move.before:.2f} % to {move.after:.2f} %"
        case "failed":
            line = f"{what}  failed, so the baseline stays as it is"
        case "kept":
            line = f"{what}  not in the results, kept; delete {move.path} if that is on purpose"
        case _:
            line = f"{what}  {move.how}: {move.after:.2f} %"
    return "; ".join([line, *move.dearer])
