"""How long jobs will take, estimated from earlier records of the same task and method."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import RecordError
from harness.protocol.task import Task
from harness.records.record import Cost, Identity, Record
from harness.records.store import read, record_path
from harness.running.job import Job

PROCESS_SECONDS = 1.0
"""The start of a job process: Python, numpy, the harness and the dataset."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """How long one job will take.

    Attributes:
        seconds: one fit, and each task that an earlier record exists of.
        unknown: tasks without an earlier record.
    """

    seconds: float
    unknown: tuple[Task, ...]


class EarlierCosts:
    """The costs of the records in a results folder, found by their paths, so that few are read.

    A record of the same method and settings counts, whatever its seed; without one, a record of
    the method with other settings.
    """

    def __init__(self, results: Path) -> None:
        self._results = results
        self._estimates: dict[Job, Estimate] = {}
        self._known: dict[Path, Cost | None] = {}
        self._listed: dict[Path, list[Path]] = {}

    def of(self, job: Job) -> Estimate:
        """Return how long a job will take; the seed makes no difference."""
        unseeded = replace(job, seed=0)
        if unseeded not in self._estimates:
            self._estimates[unseeded] = self._estimate(unseeded)
        return self._estimates[unseeded]

    def _estimate(self, job: Job) -> Estimate:
        costs = {task: self._cost(job.identity(task)) for task in job.tasks}
        known = [cost for cost in costs.values() if cost is not None]
        fit = max((cost.fit_seconds for cost in known), default=0.0)
        return Estimate(
            seconds=PROCESS_SECONDS + fit + sum(cost.score_seconds for cost in known),
            unknown=tuple(task for task, cost in costs.items() if cost is None),
        )

    def _cost(self, identity: Identity) -> Cost | None:
        folder = record_path(identity, self._results).parent
        if folder not in self._known:
            others = (
                other
                for other in self._methods(folder.parent)
                if other != folder and other.name.startswith(identity.method)
            )
            found = (self._first(each, identity) for each in (folder, *others))
            self._known[folder] = next((cost for cost in found if cost is not None), None)
        return self._known[folder]

    def _methods(self, task: Path) -> list[Path]:
        if task not in self._listed:
            self._listed[task] = sorted(task.iterdir()) if task.is_dir() else []
        return self._listed[task]

    def _first(self, folder: Path, identity: Identity) -> Cost | None:
        """Return the cost of the first sound record in a folder, if it is of that method."""
        for name in sorted(os.listdir(folder)) if folder.is_dir() else ():
            if not (name.startswith("seed-") and name.endswith(".json")):
                continue
            try:
                result = read(folder / name, scores=False)
            except RecordError:
                continue
            if isinstance(result, Record):  # a folder's records are of one method
                return result.cost if result.identity.method == identity.method else None
        return None


def at_a_time(estimates: Sequence[Estimate], n_jobs: int) -> float:
    """Return the seconds of all jobs, ``n_jobs`` at a time; a job is never split."""
    seconds = [estimate.seconds for estimate in estimates]
    return max(sum(seconds) / n_jobs, max(seconds, default=0.0))
