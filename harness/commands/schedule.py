"""What ``oneshot run`` prints beside results: planned jobs, and settings that were tried."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.grid import console, print_grid, print_title

if TYPE_CHECKING:
    from harness.estimate import Estimate
    from harness.job import Job
    from harness.run import Plan
    from harness.settings_table import SettingsTable


def print_schedule(plan: Plan, results: Path, n_jobs: int, *, as_json: bool) -> None:
    """Print each job, what of it is recorded, and about how long the rest would take."""
    from harness.estimate import EarlierCosts

    earlier = EarlierCosts(results)
    left = {(job.choice, job.seed): job for job in plan.jobs}
    estimates = {key: earlier.of(job) for key, job in left.items()}
    rows = [
        (job, left.get((job.choice, job.seed)), estimates.get((job.choice, job.seed)))
        for job in plan.asked
    ]
    if as_json:
        click.echo(json.dumps([_entry(*row) for row in rows], indent=1))
        return
    screen = console()
    label = " (synthetic)" if plan.synthetic else ""
    print_title(
        screen,
        f"{plan.dataset}{label}: {plan.n_recorded} results recorded, {plan.n_results} to measure "
        f"in {len(plan.jobs)} of {len(plan.asked)} jobs",
    )
    head = ["job", "seed", "recorded", "to measure", "about"]
    print_grid(screen, head, [_cells(*row) for row in rows], "lrrrr")
    if plan.jobs:
        click.echo(_together(list(estimates.values()), plan.n_results, n_jobs))


def print_settings(table: SettingsTable, data: str) -> None:
    """Print settings against accuracy on alphabets that were held out of the background."""
    screen = console()
    print_title(screen, f"settings by accuracy on {data}, %; the evaluation split is untouched")
    rows = [
        [str(each.choice), *map(_percent, each.accuracies), str(each.seeds)] for each in table.tried
    ]
    align = "l" + "r" * (len(table.tasks) + 1)
    print_grid(screen, ["settings", *table.tasks, "seeds"], rows, align)


def _percent(accuracy: float | None) -> str:
    return "" if accuracy is None else f"{accuracy:.2f}"


def _cells(job: Job, left: Job | None, estimate: Estimate | None) -> list[str]:
    n_left = 0 if left is None else len(left.tasks)
    return [
        str(job.choice),
        str(job.seed),
        str(len(job.tasks) - n_left),
        str(n_left),
        _about(estimate, n_left),
    ]


def _about(estimate: Estimate | None, n_left: int) -> str:
    from harness.report.quantities import duration

    if estimate is None:
        return ""
    if len(estimate.unknown) == n_left:
        return "?"
    return duration(estimate.seconds) + (" + ?" if estimate.unknown else "")


def _together(estimates: Sequence[Estimate], n_left: int, n_jobs: int) -> str:
    """Return in words how long all that is left would take."""
    from harness.estimate import at_a_time
    from harness.report.quantities import duration

    unknown = sum(len(each.unknown) for each in estimates)
    if unknown == n_left:
        return "how long, no earlier record tells"
    seconds = duration(at_a_time(estimates, n_jobs))
    more = f"; {unknown} results not counted, of which none tells" if unknown else ""
    return f"about {seconds} with {n_jobs} at a time, by earlier records{more}"


def _entry(job: Job, left: Job | None, estimate: Estimate | None) -> dict[str, Any]:
    to_measure = () if left is None else left.tasks
    return {
        "method": str(job.choice),
        "seed": job.seed,
        "recorded": [str(task) for task in job.tasks if task not in to_measure],
        "to_measure": [str(task) for task in to_measure],
        "seconds": None if estimate is None else round(estimate.seconds, 2),
        "unknown": [] if estimate is None else [str(task) for task in estimate.unknown],
    }
