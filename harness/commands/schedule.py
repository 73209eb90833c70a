"""The output of ``oneshot run --dry-run``: the planned jobs, and about how long they will take."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.grid import console, print_grid, print_title

if TYPE_CHECKING:
    from harness.protocol.task import Task
    from harness.running.estimate import Estimate
    from harness.running.job import Job
    from harness.running.plan import Plan
    from harness.running.settings_table import SettingsTable


@dataclass(frozen=True, kw_only=True)
class _Planned:
    """A requested job, its tasks that are left, and how long these will take."""

    job: Job
    left: tuple[Task, ...]
    estimate: Estimate | None


def print_schedule(plan: Plan, results: Path, n_jobs: int, *, as_json: bool) -> None:
    """Print the jobs, what is recorded, and about how long the rest will take.

    In the table, jobs that differ only in their seeds share a line.
    """
    planned = list(_planned(plan, results))
    if as_json:
        click.echo(json.dumps([_entry(each) for each in planned], indent=1))
        return
    screen = console()
    print_title(
        screen,
        f"{plan.dataset.label}: {plan.n_recorded} results recorded, {plan.n_results} to measure "
        f"in {len(plan.jobs)} of {len(plan.requested)} jobs",
    )
    alike = groupby(planned, key=lambda each: (each.job.choice, each.left))
    rows = [_cells(list(same)) for _, same in alike]
    print_grid(screen, ["method", "seeds", "recorded", "to measure", "about"], rows, "lrrrr")
    if plan.jobs:
        estimates = [each.estimate for each in planned if each.estimate is not None]
        click.echo(_together(estimates, plan.n_results, n_jobs))


def _planned(plan: Plan, results: Path) -> Iterator[_Planned]:
    from harness.running.estimate import EarlierCosts

    earlier = EarlierCosts(results)
    left = {(job.choice, job.seed): job for job in plan.jobs}
    for job in plan.requested:
        rest = left.get((job.choice, job.seed))
        yield _Planned(
            job=job,
            left=() if rest is None else rest.tasks,
            estimate=None if rest is None else earlier.of(rest),
        )


def _cells(alike: Sequence[_Planned]) -> list[str]:
    first, n = alike[0], len(alike)
    n_left = len(first.left)
    return [
        str(first.job.choice),
        _spelled([each.job.seed for each in alike]),
        str(n * (len(first.job.tasks) - n_left)),
        str(n * n_left),
        _about(first.estimate, n_left, n),
    ]


def _spelled(seeds: Sequence[int]) -> str:
    """Return seeds as ``--seeds`` takes them: ``0-2,5``."""
    runs: list[list[int]] = []
    for seed in seeds:
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _about(estimate: Estimate | None, n_left: int, n_alike: int) -> str:
    from harness.report.quantities import duration

    if estimate is None:
        return ""
    if len(estimate.unknown) == n_left:
        return "?"
    return duration(n_alike * estimate.seconds) + (" + ?" if estimate.unknown else "")


def _together(estimates: Sequence[Estimate], n_left: int, n_jobs: int) -> str:
    """Return in words how long all that is left will take."""
    from harness.report.quantities import duration
    from harness.running.estimate import at_a_time

    unknown = sum(len(each.unknown) for each in estimates)
    if unknown == n_left:
        return "no earlier record says how long that will take"
    seconds = duration(at_a_time(estimates, n_jobs))
    more = f"; {unknown} results without one are not counted" if unknown else ""
    return f"about {seconds} with {n_jobs} at a time, by earlier records{more}"


def _entry(planned: _Planned) -> dict[str, Any]:
    job, estimate = planned.job, planned.estimate
    return {
        "method": str(job.choice),
        "seed": job.seed,
        "recorded": [str(task) for task in job.tasks if task not in planned.left],
        "to_measure": [str(task) for task in planned.left],
        "seconds": None if estimate is None else round(estimate.seconds, 2),
        "unknown": [] if estimate is None else [str(task) for task in estimate.unknown],
    }


def print_settings(table: SettingsTable, data: str) -> None:
    """Print settings against accuracy on groups that were held out of the background."""
    screen = console()
    print_title(screen, f"settings by accuracy on {data}, %; the evaluation split is untouched")
    rows = [
        [str(each.choice), *map(_percent, each.accuracies), str(each.seeds)] for each in table.tried
    ]
    align = "l" + "r" * (len(table.tasks) + 1)
    print_grid(screen, ["settings", *table.tasks, "seeds"], rows, align)


def _percent(accuracy: float | None) -> str:
    return "" if accuracy is None else f"{accuracy:.2f}"
