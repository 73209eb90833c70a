"""What a Dask worker does with a job: checks, runs it in a process of its own, sends it back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from harness.errors import DataError, EngineError, OneShotError
from harness.running.cluster.handover import Wanted, data_here
from harness.running.cluster.returned import Crash, Returned, packed_model
from harness.running.cluster.same_code import Terms, disagreement
from harness.running.events import Event, Fitting, Kept, Started, to_line
from harness.running.job import Job
from harness.running.job_process import JobProcesses

WATCH_SECONDS = 0.5
"""Between two looks at whether a job is still wanted."""


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """A job as it travels to a worker.

    Attributes:
        job: as one line of JSON.
        terms: what the worker has to have.
        topic: where it tells how far it is.
        timeout: seconds that the job may take; None for as long as it likes.
        threads: that it may use where it asks for no cores; None for what the worker's
            environment says.
        sends_model: whether what it fits is to come back, being kept in another cache there.
    """

    job: str
    terms: Terms
    topic: str
    timeout: float | None
    threads: int | None
    sends_model: bool


def carry_out(assignment: Assignment) -> Returned:
    """Run a job on this worker; Dask calls this in a thread.

    Raises:
        EngineError: this worker, which joined late, is not as it has to be.
        DataError: it cannot read the dataset, which it was not handed.
        Crash: the job's process died; Dask tries it again.
        distributed.Reschedule: it was stopped here, and is to run elsewhere if it is wanted still.
    """
    from distributed import Reschedule, get_worker

    worker = get_worker()
    where = worker.address.partition("//")[2]
    difference = disagreement(assignment.terms)
    if difference is not None:
        raise EngineError(f"worker {where}: {difference}")
    asked = Job.from_json(assignment.job)
    try:
        job = replace(asked, data=data_here(Wanted.by(asked)))
    except OneShotError as refusal:
        raise DataError(f"worker {where}: {refusal}") from refusal
    lines: list[str] = []
    kept: list[str] = []

    def tell(event: Event) -> None:
        worker.log_event(assignment.topic, to_line(event))

    def notify(event: Event) -> None:
        match event:
            case Fitting():
                tell(event)
            case Kept():
                kept.append(event.key)
            case _:
                lines.append(to_line(event))

    tell(Started(choice=job.choice, seed=job.seed, where=where))
    processes = JobProcesses(assignment.timeout, assignment.threads)
    started = perf_counter()
    with _killed_when_unwanted(worker, processes):
        incomplete = processes.run(job, notify)
    if processes.stopped:  # what it told may be half of its results
        raise Reschedule()
    model = packed_model(kept[0]) if kept and assignment.sends_model else None
    returned = Returned(lines=tuple(lines), model=model, seconds=perf_counter() - started)
    if incomplete is None:
        return returned
    if incomplete.final:
        left = tuple(to_line(failure) for failure in incomplete.failures(job))
        return replace(returned, lines=returned.lines + left)
    raise Crash(returned, incomplete)


@contextmanager
def _killed_when_unwanted(worker: Any, processes: JobProcesses) -> Iterator[None]:
    """Kill the job when it is cancelled, its caller is gone, or its worker is shut down.

    Dask cannot stop a thread, but it forgets the task. A worker that closes gracefully may yet be
    told to go on, where what it holds has nowhere else to go.
    """
    from distributed import Status

    alive = (Status.running, Status.paused, Status.closing_gracefully)
    key = worker.get_current_task()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(WATCH_SECONDS):
            task = worker.state.tasks.get(key)
            wanted = task is not None and task.state != "cancelled"
            if not wanted or worker.status not in alive:
                processes.kill_all()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()
