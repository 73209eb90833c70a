"""The accuracy of each combination of settings, after a run over grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from harness.errors import RecordError
from harness.protocol.settings import MethodChoice
from harness.protocol.task import Task
from harness.records.record import Record
from harness.records.store import read, record_path
from harness.running.events import Result
from harness.running.job import Job
from harness.running.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Tried:
    """The accuracies of one method with its settings.

    Attributes:
        choice: the method, in canonical spelling.
        accuracies: percent by task, the mean over seeds; None if no seed has one.
        seeds: how many seeds have an accuracy on the first task.
    """

    choice: MethodChoice
    accuracies: tuple[float | None, ...]
    seeds: int


@dataclass(frozen=True, kw_only=True)
class SettingsTable:
    """The combinations that were tried, the best on the first task first. Tasks are never mixed."""

    tasks: tuple[str, ...]
    tried: tuple[Tried, ...]


def settings_table(plan: Plan, measured: Sequence[Result], results: Path) -> SettingsTable:
    """Return the accuracy of each method with its settings.

    A result that was recorded before the run is read from its record. For the others only the
    results of the run count: an earlier record that a failed job left in its place has other
    code, settings or episodes.

    Args:
        plan: the plan of the run.
        measured: the results of the run.
        results: the results folder.
    """
    tasks = tuple(dict.fromkeys(task for job in plan.requested for task in job.tasks))
    by_choice: dict[MethodChoice, list[Job]] = {}
    for job in plan.requested:
        by_choice.setdefault(job.choice, []).append(job)
    accuracies = _Accuracies(plan, measured, results)
    tried = []
    for choice, jobs in by_choice.items():
        found = [[accuracies.of(job, task) for job in jobs] for task in tasks]
        kept = [[each for each in percents if each is not None] for percents in found]
        means = tuple(fmean(percents) if percents else None for percents in kept)
        tried.append(Tried(choice=choice, accuracies=means, seeds=len(kept[0])))
    tried.sort(key=lambda each: (-(each.accuracies[0] or 0.0), str(each.choice)))
    return SettingsTable(tasks=tuple(map(str, tasks)), tried=tuple(tried))


class _Accuracies:
    """Accuracies in percent: measured by a run, or recorded before it."""

    def __init__(self, plan: Plan, measured: Sequence[Result], results: Path) -> None:
        self._results = results
        self._left = {(job.choice, job.seed): job.tasks for job in plan.jobs}
        self._measured = {
            result.identity.path: result.outcomes.percent
            for result in measured
            if isinstance(result, Record)
        }

    def of(self, job: Job, task: Task) -> float | None:
        identity = job.identity(task)
        if task in self._left.get((job.choice, job.seed), ()):
            return self._measured.get(identity.path)
        return _percent(record_path(identity, self._results))


def _percent(path: Path) -> float | None:
    try:
        result = read(path, scores=False)
    except RecordError:
        return None
    return result.outcomes.percent if isinstance(result, Record) else None
