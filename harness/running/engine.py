"""Where jobs run: what every engine does, and the one that runs them on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

from harness.errors import UsageError
from harness.running.device import graphics_card
from harness.running.job import Job
from harness.running.job_process import JobProcesses, Notify, shared_threads


class Engine(Protocol):
    """Runs jobs, each in a process of its own, wherever that is."""

    def prepare(self, jobs: Sequence[Job]) -> None:
        """Make ready for these jobs, and refuse before the first what could not work.

        Raises:
            EngineError: where they are to run does not fit.
            UsageError: they ask for what will never be there.
        """

    def submit(self, job: Job, notify: Notify) -> Future[None]:
        """Start a job when its turn comes; ``notify`` is called with each event, in a thread.

        Every task of the job ends in exactly one result: a record, or a failure that says why.
        """

    def __enter__(self) -> Self:
        """Start."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for the jobs; after an error, or Ctrl-C, kill those that run and drop the rest."""


class LocalEngine:
    """Runs jobs in child processes of this one.

    Args:
        n_jobs: how many at a time; each gets its share of the cores.
        timeout: seconds that one job may take; None for as long as it likes.
    """

    def __init__(self, n_jobs: int = 1, timeout: float | None = None) -> None:
        self._pool = ThreadPoolExecutor(max_workers=n_jobs)
        self._processes = JobProcesses(timeout, shared_threads(n_jobs))

    def prepare(self, jobs: Sequence[Job]) -> None:
        """Refuse what asks for a card where there is none; the plan saw to all else.

        Raises:
            UsageError: a job asks for a graphics card.
        """
        if any(job.resources.gpu for job in jobs) and graphics_card() is None:
            raise UsageError(
                "jobs ask for gpu=1, and this machine has no NVIDIA card that can be used; ask for "
                "none, or run them where there is one: --engine dask://HOST:PORT"
            )

    def submit(self, job: Job, notify: Notify) -> Future[None]:
        """Start a job when its turn comes."""
        return self._pool.submit(self._run, job, notify)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._processes.kill_all()
        self._pool.shutdown(wait=True)

    def _run(self, job: Job, notify: Notify) -> None:
        incomplete = self._processes.run(job, notify)
        if incomplete is not None:
            for failure in incomplete.failures(job):
                notify(failure)
