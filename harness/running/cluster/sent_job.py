"""A job on its way to a worker, and what the worker does with it: check, run, return."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

from harness.errors import DataError, EngineError, OneShotError
from harness.running.cluster.returned import Crash, PackedModel, Returned, packed_model
from harness.running.cluster.same_code import Requirements, difference
from harness.running.cluster.wanted import WantedDataset, readable_name
from harness.running.events import Event, Fitting, Kept, Started, to_line
from harness.running.job import Job
from harness.running.job_process import JobProcesses

if TYPE_CHECKING:
    from distributed import Worker

WATCH_SECONDS = 0.5
"""Between two looks at whether a job is still wanted."""


@dataclass(frozen=True, kw_only=True)
class SentJob:
    """A job as it is sent to a worker.

    Attributes:
        job: as one line of JSON.
        required: what the worker must have.
        topic: the Dask topic that its progress is sent to.
        timeout: seconds that the job may take; None for no limit.
        threads: for a job that requests no number of cores; None for what the worker's
            environment says.
        returns_model: whether to return the fitted model, because the worker has another cache.
    """

    job: str
    required: Requirements
    topic: str
    timeout: float | None
    threads: int | None
    returns_model: bool


def run_sent_job(sent: SentJob) -> Returned:
    """Run a job on this worker; Dask calls this in a thread.

    Raises:
        EngineError: this worker, which joined late, has other code.
        DataError: it cannot read the dataset, which it was not sent.
        Crash: the job process died; Dask tries it again.
        distributed.Reschedule: the job was stopped here, and runs elsewhere if it is still wanted.
    """
    from distributed import Reschedule, get_worker

    worker = get_worker()
    where = worker.address.partition("//")[2]
    job = _job_here(sent, where)
    output = _Output(worker, sent.topic)
    output.send(Started(choice=job.choice, seed=job.seed, where=where))
    processes = JobProcesses(sent.timeout, sent.threads)
    started = perf_counter()
    with killed_when_unwanted(worker, processes):
        incomplete = processes.run(job, output)
    seconds = perf_counter() - started
    if processes.stopped:  # its results may be incomplete
        raise Reschedule()
    model = output.model() if sent.returns_model else None
    returned = Returned(lines=tuple(output.lines), model=model, seconds=seconds)
    if incomplete is None:
        return returned
    if incomplete.final:
        missing = tuple(to_line(failure) for failure in incomplete.failures(job))
        return replace(returned, lines=returned.lines + missing)
    raise Crash(returned, incomplete)


def _job_here(sent: SentJob, where: str) -> Job:
    """Return the job with its dataset as this worker reads it, once both are checked."""
    found = difference(sent.required)
    if found is not None:
        raise EngineError(f"worker {where}: {found}")
    job = Job.from_json(sent.job)
    try:
        return replace(job, data=readable_name(WantedDataset.by(job)))
    except OneShotError as refusal:
        raise DataError(f"worker {where}: {refusal}") from refusal


@dataclass(frozen=True)
class _Output:
    """A job's events: its progress is sent at once, its results are collected."""

    worker: Worker
    topic: str
    lines: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        match event:
            case Fitting():
                self.send(event)
            case Kept():
                self.kept.append(event)
            case _:
                self.lines.append(to_line(event))

    def send(self, event: Event) -> None:
        self.worker.log_event(self.topic, to_line(event))

    def model(self) -> PackedModel | None:
        return packed_model(self.kept[0].key) if self.kept else None


@contextmanager
def killed_when_unwanted(worker: Worker, processes: JobProcesses) -> Iterator[None]:
    """Kill the job when it is cancelled, its caller is gone, or its worker is shut down.

    Dask cannot stop a thread, but it forgets the task. A worker that closes gracefully may be told
    to go on after all, if no other worker can take what it holds.
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
