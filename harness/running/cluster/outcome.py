"""From the outcome of a Dask task to the events of its job."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from harness.errors import CheckpointError, DataError, EngineError, OneShotError
from harness.records.record import Failure
from harness.running.cluster.returned import Crash, Returned, failures, keep_model, results
from harness.running.cluster.submission import TRIES
from harness.running.events import Event
from harness.running.job import Job

log = logging.getLogger("oneshot")


def job_events(job: Job, outcome: Returned | BaseException) -> Iterator[Event]:
    """Yield a job's results, and a failure for each task that has none.

    Args:
        job: the job.
        outcome: what its Dask task returned or raised.

    Raises:
        EngineError: a worker that joined late has other code.
        DataError: such a worker cannot read the dataset.
    """
    from distributed import KilledWorker

    match outcome:
        case Returned():
            yield from _with_model(job, outcome)
        case Crash():
            missing = outcome.incomplete.failures(job, f"; tried {TRIES} times")
            yield from _with_model(job, outcome.returned, missing)
        case KilledWorker():
            what = f"its worker died each time it was tried, last {outcome.last_worker.address}"
            yield from failures(job, what, job.tasks)
        case EngineError() | DataError():
            raise outcome
        case _:
            yield from failures(job, spelled(outcome), job.tasks)


def _with_model(job: Job, returned: Returned, missing: Sequence[Failure] = ()) -> Iterator[Event]:
    """Yield a job's events, and then keep its model: a full cache costs no record."""
    yield from results(job, returned, missing)
    if returned.model is None:
        return
    try:
        keep_model(returned.model, replace=job.conditions.refit)
    except (OSError, CheckpointError) as failure:
        log.warning(
            "cannot keep the fitted model of %s (%s); it will be trained again next time",
            job.choice,
            failure,
        )


def spelled(failure: BaseException) -> str:
    """Return a failure of another machine, whose traceback is missing here, on one line."""
    message = " ".join(str(failure).split())
    return message if isinstance(failure, OneShotError) else f"{type(failure).__name__}: {message}"
