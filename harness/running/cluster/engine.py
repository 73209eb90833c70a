"""Jobs on a Dask cluster: sent, sent again where they are lost, and their results yielded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from harness.errors import DataError
from harness.running.cluster.address import Address
from harness.running.cluster.connection import Connection, connected
from harness.running.cluster.handover import Handover
from harness.running.cluster.outcome import job_events
from harness.running.cluster.returned import Returned
from harness.running.cluster.same_code import Requirements, requirements
from harness.running.cluster.sent_job import SentJob, run_sent_job
from harness.running.cluster.submission import TRIES, Submission
from harness.running.cluster.wanted import WantedDataset
from harness.running.cluster.workers import Workers
from harness.running.engine import events_of
from harness.running.events import Event, Fitting, Started, from_line
from harness.running.job import Job
from harness.running.job_process import shared_threads

if TYPE_CHECKING:
    from distributed import Future


class DaskEngine:
    """Runs jobs on the workers of a Dask cluster, each in a process of its own.

    Dask decides which worker runs a job and when, and runs again what a lost worker held. Results
    and fitted models return to this machine, which alone writes them.

    Args:
        address: the cluster.
        n_workers: of a cluster that is started here.
        timeout: seconds that one job may take; None for no limit.

    Attributes:
        process_seconds: the seconds of all job processes that came to their end.
    """

    def __init__(self, address: Address, n_workers: int = 1, timeout: float | None = None) -> None:
        self.process_seconds = 0.0
        self._address, self._n_workers, self._timeout = address, n_workers, timeout

    def run(self, jobs: Sequence[Job]) -> Generator[Event, None, None]:
        """Run jobs on the cluster and yield their events as they arrive.

        Raises:
            EngineError: a worker has another version, lacks a method, or cannot store the
                dataset; or the scheduler is lost.
            DataError: the dataset cannot be packed here.
            UsageError: jobs request more than this machine's own cluster has.
        """
        with connected(self._address, self._n_workers) as connection:
            workers = Workers(connection)
            workers.wait_for_first()
            required = requirements(jobs)
            workers.check_code(required)
            with Handover(connection) as handover:
                wanted = WantedDataset.by(jobs[0])
                if not workers.can_all_read(wanted):
                    handover.send(wanted)
                workers.check_resources(jobs)
                cluster_run = ClusterRun(
                    jobs,
                    connection,
                    handover,
                    Sender(connection, required, self._n_workers, self._timeout),
                )
                try:
                    yield from self._events(cluster_run, workers)
                finally:
                    cluster_run.stop()
                    self.process_seconds += cluster_run.process_seconds

    def _events(self, cluster_run: ClusterRun, workers: Workers) -> Iterator[Event]:
        for event in events_of(cluster_run):
            if isinstance(event, WorkerLeft):  # say which jobs wait now
                workers.check_resources(cluster_run.unfinished)
            else:
                yield event


@dataclass(frozen=True)
class WorkerLeft:
    """A worker has left a cluster that others may join."""


class Sender:
    """Sends jobs to a cluster.

    Args:
        connection: to its scheduler.
        required: what a worker must have.
        n_workers: of a cluster that is started here.
        timeout: seconds that one job may take; None for no limit.

    Attributes:
        topic: the Dask topic that the progress of the jobs is sent to.
    """

    def __init__(
        self,
        connection: Connection,
        required: Requirements,
        n_workers: int,
        timeout: float | None,
    ) -> None:
        self.topic = f"oneshot-{uuid4().hex}"
        self._client, self._own = connection.client, connection.address.own
        self._required, self._timeout = required, timeout
        self._threads = shared_threads(n_workers) if self._own else None

    def send(self, job: Job) -> Future:
        """Send one job, and return the future of what it returns."""
        sent = SentJob(
            job=job.to_json(),
            required=self._required,
            topic=self.topic,
            timeout=self._timeout,
            threads=self._threads,
            returns_model=not self._own,  # a worker of this machine has the same cache
        )
        return self._client.submit(
            run_sent_job,
            sent,
            # keys of one group: such tasks wait at the scheduler, not in one worker's queue
            key=("oneshot", str(job.choice), uuid4().hex),
            pure=False,
            retries=TRIES - 1,
            resources=job.resources.requested,
        )


class ClusterRun:
    """Some jobs on a cluster: a loop over those that complete, in which lost ones are sent again.

    Attributes:
        process_seconds: the seconds of the job processes so far.
    """

    def __init__(
        self, jobs: Sequence[Job], connection: Connection, handover: Handover, sender: Sender
    ) -> None:
        from distributed import as_completed

        self.process_seconds = 0.0
        self._connection, self._handover, self._sender = connection, handover, sender
        self._submissions = {(job.choice, job.seed): Submission(job=job) for job in jobs}
        self._completed = as_completed(loop=connection.client.loop)
        self._by_key: dict[object, Submission] = {}

    @property
    def unfinished(self) -> list[Job]:
        """The jobs whose results are not delivered yet."""
        return [each.job for each in self._submissions.values() if not each.done]

    def __call__(self, notify: Callable[[Event | WorkerLeft], None]) -> None:
        """Run all jobs; ``notify`` is called with each event, in threads of this process."""
        self._subscribe(notify)
        for submission in self._submissions.values():
            self._send(submission)
        for future in self._completed:
            submission = self._by_key.pop(future.key)
            outcome = self._outcome(future)
            if self._must_go_again(submission, outcome):
                self._send(submission)
                continue
            if isinstance(outcome, Returned):
                self.process_seconds += outcome.seconds
            submission.done = True
            for event in job_events(submission.job, outcome):
                notify(event)

    def stop(self) -> None:
        """End the loop at the next look, as if all jobs had completed."""
        self._completed.clear()

    def _subscribe(self, notify: Callable[[Event | WorkerLeft], None]) -> None:
        def hear_of_job(event: tuple[float, str]) -> None:
            progress = from_line(event[1])
            if not isinstance(progress, Fitting | Started):
                return
            submission = self._submissions.get((progress.choice, progress.seed))
            if submission is not None:
                submission.n_begun += isinstance(progress, Started)
                notify(progress)

        def hear_of_worker(event: tuple[float, Any]) -> None:
            match event[1]:
                case {"action": "remove-worker"}:
                    notify(WorkerLeft())

        client = self._connection.client
        client.subscribe_topic(self._sender.topic, hear_of_job)
        if not self._connection.address.own:
            client.subscribe_topic("all", hear_of_worker)

    def _send(self, submission: Submission) -> None:
        submission.n_sent += 1
        submission.with_data = self._handover.done
        future = self._sender.send(submission.job)
        self._by_key[future.key] = submission
        self._completed.add(future)

    def _outcome(self, future: Future) -> Returned | Exception:
        """Return what a completed job returned or raised.

        Where the worker dies just then with the only copy of what it returned, Dask runs the job
        again, and this waits for it.

        Raises:
            EngineError: the scheduler was lost, and all futures with it.
        """
        try:
            returned: Returned = future.result()
        except (CancelledError, asyncio.CancelledError) as gone:
            raise self._connection.lost() from gone
        except Exception as failure:
            return failure
        return returned

    def _must_go_again(self, submission: Submission, outcome: Returned | Exception) -> bool:
        """Whether a job failed through no fault of its own, and may succeed now."""
        from distributed import KilledWorker

        match outcome:
            case KilledWorker():
                return submission.may_go_again
            case DataError() if not submission.with_data:  # a worker that joined late
                if not self._handover.done:
                    self._handover.send(WantedDataset.by(submission.job))
                return True
        return False
