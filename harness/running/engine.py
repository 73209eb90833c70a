"""Where jobs run: the protocol of an engine, and the engine of this machine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from queue import SimpleQueue
from threading import Thread
from typing import Protocol, TypeVar

from harness.errors import UsageError
from harness.running.device import graphics_card
from harness.running.events import Event
from harness.running.job import Job
from harness.running.job_process import JobProcesses, Notify, shared_threads

T = TypeVar("T")


class Engine(Protocol):
    """Runs jobs, each in a process of its own."""

    def run(self, jobs: Sequence[Job]) -> Generator[Event, None, None]:
        """Run jobs and yield their events as they happen.

        Each task of each job ends in exactly one result: a record, or a failure with its reason.
        Closing the iterator before its end kills the jobs that run and drops the rest.

        Raises:
            EngineError: the jobs cannot run where they should, or their cluster was lost.
            UsageError: the jobs request resources that will never be there.
            DataError: the dataset cannot be sent to where they run.
        """


class LocalEngine:
    """Runs jobs in child processes of this one.

    Args:
        n_jobs: how many run at a time; each gets its share of the cores.
        timeout: seconds that one job may take; None for no limit.
    """

    def __init__(self, n_jobs: int = 1, timeout: float | None = None) -> None:
        self._n_jobs, self._timeout = n_jobs, timeout

    def run(self, jobs: Sequence[Job]) -> Generator[Event, None, None]:
        """Run jobs and yield their events as they happen.

        Raises:
            UsageError: a job requests a graphics card, and this machine has none.
        """
        _check_cards(jobs)
        processes = JobProcesses(self._timeout, shared_threads(self._n_jobs))
        pool = ThreadPoolExecutor(max_workers=self._n_jobs)

        def run_all(notify: Notify) -> None:
            for done in as_completed([pool.submit(_run, processes, job, notify) for job in jobs]):
                done.result()

        try:
            yield from events_of(run_all)
        finally:  # after the last job nothing is left to cancel or kill
            pool.shutdown(wait=False, cancel_futures=True)
            processes.kill_all()
            pool.shutdown()


def _check_cards(jobs: Sequence[Job]) -> None:
    if any(job.resources.gpu for job in jobs) and graphics_card() is None:
        raise UsageError(
            "jobs request gpu=1, and this machine has no NVIDIA card that can be used; leave gpu "
            "out, or run them where there is one: --engine dask://HOST:PORT"
        )


def _run(processes: JobProcesses, job: Job, notify: Notify) -> None:
    incomplete = processes.run(job, notify)
    if incomplete is not None:
        for failure in incomplete.failures(job):
            notify(failure)


def events_of(work: Callable[[Callable[[T], None]], None]) -> Generator[T, None, None]:
    """Run ``work`` in a thread, yield each event that it notifies, and raise what it raises."""
    queue: SimpleQueue[T | Future[None]] = SimpleQueue()
    ended: Future[None] = Future()

    def run() -> None:
        try:
            work(queue.put)
        except BaseException as failure:
            ended.set_exception(failure)
        else:
            ended.set_result(None)
        queue.put(ended)

    # a daemon: Dask may leave it waiting for a scheduler that is gone
    Thread(target=run, daemon=True).start()
    while not isinstance(event := queue.get(), Future):
        yield event
    event.result()
