"""Jobs on a Dask cluster, through its ``concurrent.futures`` interface."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from harness.cluster.agreement import Terms, disagreement, terms
from harness.cluster.assignment import Assignment, carry_out
from harness.cluster.handover import Wanted, handover, is_here, plugin
from harness.cluster.place import TRIES, Place, join, own_cluster, own_threads
from harness.cluster.returned import Crash, Returned, keep_model
from harness.errors import EngineError, OneShotError
from harness.events import Ended, Event, Fitting, Started, from_line
from harness.job import Job
from harness.job_process import Breakdown, Notify
from harness.settings import MethodChoice

if TYPE_CHECKING:
    from distributed import Client

log = logging.getLogger("oneshot")


class DaskEngine:
    """Runs jobs on the workers of a Dask cluster, each in a process of its own.

    Dask decides what runs where and when, and runs again what a lost worker held; results and
    fitted models come back here, and are written here alone.

    Args:
        place: which cluster.
        n_workers: of a cluster that is started here.
        timeout: seconds that one job may take; None for as long as it likes.

    Attributes:
        process_seconds: what the jobs' processes took in all, of jobs that came to their end.
    """

    def __init__(self, place: Place, n_workers: int = 1, timeout: float | None = None) -> None:
        self.process_seconds = 0.0
        self._place, self._n_workers, self._timeout = place, n_workers, timeout
        self._topic = f"oneshot-{uuid4().hex}"
        self._notify: dict[tuple[MethodChoice, int], Notify] = {}
        self._delivery = ThreadPoolExecutor(max_workers=1)  # one writer
        self._open = ExitStack()
        self._client: Client
        self._terms: Terms

    def __enter__(self) -> Self:
        if self._place.own:
            from distributed import Client

            cluster = self._open.enter_context(own_cluster(self._n_workers))
            self._client = self._open.enter_context(Client(cluster, set_as_default=False))
        else:
            self._client = self._open.enter_context(join(self._place))
        self._client.subscribe_topic(self._topic, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._delivery.shutdown(wait=kind is None, cancel_futures=kind is not None)
        self._open.close()  # a scheduler forgets what a client had asked for that is gone

    def prepare(self, jobs: Sequence[Job]) -> None:
        """Wait for a worker, compare its code with this machine's, and hand the dataset over.

        Raises:
            EngineError: a worker has another version, lacks a method, or cannot be given the
                dataset; or the scheduler is lost.
        """
        try:
            self._prepare(jobs)
        except OSError as failure:
            raise self._lost() from failure

    def _prepare(self, jobs: Sequence[Job]) -> None:
        if not self._client.scheduler_info(n_workers=-1)["workers"]:
            log.warning("waiting for the first worker of %s", self._place.text)
            self._client.wait_for_workers(1)
        self._terms = terms(jobs)
        for worker, refusal in self._everywhere(_disagreement, self._terms).items():
            if refusal is not None:
                raise EngineError(f"worker {worker.partition('//')[2]}: {refusal}")
        wanted = Wanted.by(jobs[0])
        if not all(self._everywhere(_is_here, wanted).values()):
            self._hand_over(wanted)
        self._tell_what_waits(jobs)

    def submit(self, job: Job, notify: Notify) -> Future[None]:
        """Give a job to the cluster; ``notify`` is called in threads of this process."""
        self._notify[job.choice, job.seed] = notify
        assignment = Assignment(
            job=job.to_json(),
            terms=self._terms,
            topic=self._topic,
            timeout=self._timeout,
            threads=own_threads(self._n_workers) if self._place.own else None,
        )
        executor = self._client.get_executor(
            pure=False, retries=TRIES - 1, resources=job.resources.asked
        )
        delivered: Future[None] = Future()
        ended = executor.submit(carry_out, assignment, key=f"{job.choice}-{uuid4().hex}")

        def deliver(ended: Future[Returned]) -> None:
            with suppress(RuntimeError):  # the run was interrupted, and nobody waits any more
                self._delivery.submit(self._deliver, job, ended, notify, delivered)

        ended.add_done_callback(deliver)
        return delivered

    def _everywhere(self, function: Any, *arguments: Any) -> dict[str, Any]:
        """Call a function on every worker, and return its answers by address."""
        answers = self._client.run(function, *arguments, on_error="return")
        for worker, answer in answers.items():
            if isinstance(answer, BaseException):
                raise EngineError(
                    f"worker {worker.partition('//')[2]}: it cannot run this harness "
                    f"({_spelled(answer)}); install the same version there"
                )
        return answers

    def _hand_over(self, wanted: Wanted) -> None:
        carried = handover(wanted)
        try:
            self._client.register_plugin(plugin(carried), name=carried.name)
        except Exception as failure:
            raise EngineError(
                f"a worker cannot be given {wanted.data} ({failure}); make room in its "
                "ONESHOT_CACHE, or let it see the dataset"
            ) from failure
        self._open.callback(self._client.unregister_worker_plugin, carried.name)

    def _tell_what_waits(self, jobs: Sequence[Job]) -> None:
        """Say which jobs no worker can run by now: Dask lets them wait for one that can."""
        offers = [
            worker["resources"]
            for worker in self._client.scheduler_info(n_workers=-1)["workers"].values()
        ]
        for asked in dict.fromkeys(job.resources for job in jobs):
            if not any(
                all(offer.get(key, 0) >= value for key, value in asked.asked.items())
                for offer in offers
            ):
                spelled = " ".join(f"{key}={value}" for key, value in asked.asked.items())
                log.warning("jobs wait for a worker with: --resources '%s'", spelled)

    def _lost(self) -> EngineError:
        return EngineError(
            f"the scheduler of {self._place.text} was lost; finished records are kept: start it "
            "again, and run the same command to go on"
        )

    def _hear(self, event: tuple[float, str]) -> None:
        told = from_line(event[1])
        if isinstance(told, Fitting | Started):
            self._notify[told.choice, told.seed](told)

    def _deliver(
        self, job: Job, ended: Future[Returned], notify: Notify, delivered: Future[None]
    ) -> None:
        try:
            for event in self._events(job, ended):
                notify(event)
        except BaseException as failure:
            delivered.set_exception(failure)
        else:
            delivered.set_result(None)

    def _events(self, job: Job, ended: Future[Returned]) -> Iterator[Event]:
        """Yield what a job told, its fitted model being kept first.

        Raises:
            EngineError: the scheduler was lost.
        """
        from distributed import KilledWorker

        if ended.cancelled():
            raise self._lost()
        match failure := ended.exception():
            case None:
                self.process_seconds += ended.result().seconds
                yield from _told(ended.result())
            case Crash():
                yield from _told(failure.returned)
                yield from failure.breakdown.failures(job, f"; tried {TRIES} times")
            case KilledWorker():
                what = f"its worker died each time it was tried, last {failure.last_worker.address}"
                yield from _failures(job, what)
            case _:
                yield from _failures(job, _spelled(failure))


def _told(returned: Returned) -> Iterator[Event]:
    if returned.model is not None:
        keep_model(returned.model)
    for line in returned.lines:
        event = from_line(line)
        assert not isinstance(event, Ended)
        yield event


def _failures(job: Job, what: str) -> Iterator[Event]:
    yield from Breakdown(tasks=job.tasks, reason=what, details="").failures(job)


def _spelled(failure: BaseException | None) -> str:
    """Return a failure from elsewhere, whose traceback is not at hand, on one line."""
    message = " ".join(str(failure).split())
    return message if isinstance(failure, OneShotError) else f"{type(failure).__name__}: {message}"


async def _disagreement(asked: Terms) -> str | None:
    """Compare on a worker, whose own work goes on meanwhile."""
    return await asyncio.to_thread(disagreement, asked)


async def _is_here(wanted: Wanted) -> bool:
    return await asyncio.to_thread(is_here, wanted)
