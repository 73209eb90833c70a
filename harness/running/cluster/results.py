"""What a worker says of a job, as far as it was asked for: each task ends in one result."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from harness.protocol.task import Task
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Record
from harness.running.cluster.returned import Returned
from harness.running.events import Event, from_line
from harness.running.job import Job
from harness.running.job_process import Breakdown

log = logging.getLogger("oneshot")


def results(job: Job, returned: Returned, left: Sequence[Failure] = ()) -> Iterator[Event]:
    """Yield a job's learning curve and results, and a failure for each task that has none.

    Args:
        job: what was asked for. Whatever else a worker told is left out, and that is said.
        returned: what came from the worker.
        left: failures of what the job's process did not come to.
    """
    missing = list(job.tasks)
    for event in (*map(from_line, returned.lines), *left):
        match event:
            case LearningCurve() if _is_of(event, job):
                yield event
            case Record() | Failure() if (task := _asked(event, job, missing)) is not None:
                missing.remove(task)
                yield event
            case _:
                log.warning("%s: a worker sent what was not asked of it; left out", job.choice)
    yield from failures(job, "its worker sent no result of it", missing)


def failures(job: Job, what: str, tasks: Iterable[Task]) -> Iterator[Failure]:
    """Yield a failure for each of some of a job's tasks, for a reason that the cluster has."""
    yield from Breakdown(tasks=tuple(tasks), reason=what, details="").failures(job)


def _asked(result: Record | Failure, job: Job, tasks: Iterable[Task]) -> Task | None:
    """Return the task that a result is of, where it is one of these."""
    return next((task for task in tasks if job.identity(task) == result.identity), None)


def _is_of(curve: LearningCurve, job: Job) -> bool:
    asked = (job.dataset, job.fingerprint, job.choice.name, dict(job.choice.pairs), job.seed)
    told = (curve.dataset, curve.fingerprint, curve.method, dict(curve.settings), curve.seed)
    return told == asked
