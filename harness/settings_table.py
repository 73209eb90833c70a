"""Settings against accuracy, after a run over grids: on held-out background alphabets alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from harness.errors import RecordError
from harness.job import Job
from harness.records import Record
from harness.settings import MethodChoice
from harness.store import place, read


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One method with its settings.

    Attributes:
        choice: the method, in canonical spelling.
        accuracies: percent by task, the mean over seeds; None where no seed has a record.
        seeds: how many seeds have a record of the first task.
    """

    choice: MethodChoice
    accuracies: tuple[float | None, ...]
    seeds: int


@dataclass(frozen=True, kw_only=True)
class SettingsTable:
    """What was tried, the best on the first task first; tasks are never mixed in one figure."""

    tasks: tuple[str, ...]
    tried: tuple[Tried, ...]


def settings_table(asked: Sequence[Job], results: Path) -> SettingsTable:
    """Return the accuracy of each method and settings that was asked for.

    Args:
        asked: every job, with all of its tasks, recorded or not.
        results: the folder of the records.
    """
    tasks = tuple(dict.fromkeys(task for job in asked for task in job.tasks))
    by_choice: dict[MethodChoice, list[Job]] = {}
    for job in asked:
        by_choice.setdefault(job.choice, []).append(job)
    tried = []
    for choice, jobs in by_choice.items():
        found = [[_percent(place(job.identity(task), results)) for job in jobs] for task in tasks]
        kept = [[each for each in percents if each is not None] for percents in found]
        means = tuple(fmean(percents) if percents else None for percents in kept)
        tried.append(Tried(choice=choice, accuracies=means, seeds=len(kept[0])))
    tried.sort(key=lambda each: (-(each.accuracies[0] or 0.0), str(each.choice)))
    return SettingsTable(tasks=tuple(map(str, tasks)), tried=tuple(tried))


def _percent(path: Path) -> float | None:
    try:
        result = read(path) if path.exists() else None
    except RecordError:
        return None
    return result.outcomes.percent if isinstance(result, Record) else None
