"""Jobs on a Dask cluster: sent, listened to, and their results delivered, each once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic, sleep
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from harness.errors import CheckpointError, DataError, EngineError, OneShotError
from harness.protocol.settings import MethodChoice
from harness.records.record import Failure
from harness.running.cluster.address import Address
from harness.running.cluster.handover import Wanted, handover, is_here, plugin
from harness.running.cluster.on_worker import Assignment, carry_out
from harness.running.cluster.own_cluster import TRIES, check_offers, join, own_cluster
from harness.running.cluster.returned import Crash, Returned, failures, keep_model, results
from harness.running.cluster.same_code import Terms, disagreement, terms
from harness.running.events import Event, Fitting, Started, from_line
from harness.running.job import Job
from harness.running.job_process import Notify, shared_threads

if TYPE_CHECKING:
    from distributed import Client

log = logging.getLogger("oneshot")
SENDS = 10
"""How often at most a job is sent that is lost with its workers before it has begun."""
NOTICED_SECONDS = 2.0
"""Within which a scheduler knows that a worker has left."""


@dataclass(kw_only=True, eq=False)
class _Sent:
    """A job that the cluster has.

    Attributes:
        job: what it is.
        notify: who hears of it.
        delivered: done when its results have been told.
        n_begun: how often it has begun on a worker.
        n_sent: how often the cluster was given it.
        with_data: whether the dataset was handed over before it was sent.
    """

    job: Job
    notify: Notify
    delivered: Future[None] = field(default_factory=Future)
    n_begun: int = 0
    n_sent: int = 0
    with_data: bool = False


class DaskEngine:
    """Runs jobs on the workers of a Dask cluster, each in a process of its own.

    Dask decides what runs where and when, and runs again what a lost worker held; results and
    fitted models come back here, and are written here alone.

    Args:
        address: which cluster.
        n_workers: of a cluster that is started here.
        timeout: seconds that one job may take; None for as long as it likes.

    Attributes:
        process_seconds: what the jobs' processes took in all, of jobs that came to their end.
    """

    def __init__(self, address: Address, n_workers: int = 1, timeout: float | None = None) -> None:
        self.process_seconds = 0.0
        self._address, self._n_workers, self._timeout = address, n_workers, timeout
        self._topic = f"oneshot-{uuid4().hex}"
        self._sent: dict[tuple[MethodChoice, int], _Sent] = {}
        self._handed_over = False
        self._delivery = ThreadPoolExecutor(max_workers=1)  # one writer
        self._open = ExitStack()
        self._client: Client
        self._terms: Terms

    def __enter__(self) -> Self:
        if self._address.own:
            from distributed import Client

            cluster = self._open.enter_context(own_cluster(self._n_workers))
            self._client = self._open.enter_context(Client(cluster, set_as_default=False))
        else:
            self._client = self._open.enter_context(join(self._address))
            self._client.subscribe_topic("all", self._hear_of_workers)
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
            DataError: the dataset cannot be packed here.
            UsageError: jobs ask for what this machine's own cluster has not.
        """
        with self._connected():
            if not self._workers():
                log.warning("waiting for the first worker of %s", self._address.text)
                self._client.wait_for_workers(1)
        self._terms = terms(jobs)
        for worker, refusal in self._everywhere(_disagreement, self._terms).items():
            if refusal is not None:
                raise EngineError(f"worker {worker.partition('//')[2]}: {refusal}")
        wanted = Wanted.by(jobs[0])
        if not all(self._everywhere(_is_here, wanted).values()):
            self._hand_over(wanted)
        self._check_offers(jobs)

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Tell what goes wrong between here and the scheduler as its loss."""
        try:
            yield
        except OSError as failure:
            raise self._lost() from failure

    def _workers(self) -> Mapping[str, Any]:
        """Return what the scheduler says of each worker, by address."""
        return self._client.scheduler_info(n_workers=-1)["workers"]

    def _check_offers(self, jobs: Sequence[Job]) -> None:
        with self._connected():
            workers = self._workers().values()
        check_offers(jobs, [worker["resources"] for worker in workers], self._address)

    def submit(self, job: Job, notify: Notify) -> Future[None]:
        """Give a job to the cluster; ``notify`` is called in threads of this process."""
        sent = self._sent[job.choice, job.seed] = _Sent(job=job, notify=notify)
        self._send(sent)
        return sent.delivered

    def _send(self, sent: _Sent) -> None:
        job, sent.with_data = sent.job, self._handed_over
        sent.n_sent += 1
        own = self._address.own
        assignment = Assignment(
            job=job.to_json(),
            terms=self._terms,
            topic=self._topic,
            timeout=self._timeout,
            threads=shared_threads(self._n_workers) if own else None,
            sends_model=not own,  # a worker of this machine has the very same cache
        )
        task = self._client.submit(
            carry_out,
            assignment,
            # keys of one group: such tasks wait at the scheduler, not in the queue of one worker
            key=("oneshot", str(job.choice), uuid4().hex),
            pure=False,
            retries=TRIES - 1,
            resources=job.resources.asked,
        )
        loop = self._client.loop.asyncio_loop
        ended = asyncio.run_coroutine_threadsafe(self._ended(task), loop)

        def deliver(ended: Future[Returned]) -> None:
            with suppress(RuntimeError):  # the run was interrupted, and nobody waits any more
                self._delivery.submit(self._deliver, sent, ended)

        ended.add_done_callback(deliver)

    async def _ended(self, task: Any) -> Returned:
        """Wait for what a job comes to.

        Not by ``Client.get_executor``: it drops what has come where the worker dies just then.
        """
        try:
            returned: Returned = await self._client.gather(task, asynchronous=True)
        except (CancelledError, asyncio.CancelledError) as gone:
            raise self._lost() from gone
        return returned

    def _everywhere(self, function: Any, *arguments: Any) -> dict[str, Any]:
        """Call a function on every worker, and return its answers by address.

        A worker that has left meanwhile has none.
        """
        with self._connected():
            answers = self._client.run(function, *arguments, on_error="return")
        answered = {}
        for worker, answer in answers.items():
            if not isinstance(answer, BaseException):
                answered[worker] = answer
            elif not (isinstance(answer, OSError) and self._has_left(worker)):
                raise EngineError(
                    f"worker {worker.partition('//')[2]}: it cannot run this harness "
                    f"({_spelled(answer)}); install the same version there"
                )
        return answered

    def _has_left(self, worker: str) -> bool:
        """Whether a worker that could not be reached is gone, as the scheduler notices soon."""
        end = monotonic() + NOTICED_SECONDS
        with self._connected():
            while there := worker in self._workers():
                if monotonic() > end:
                    break
                sleep(0.1)
        return not there

    def _hand_over(self, wanted: Wanted) -> None:
        carried = plugin(handover(wanted))
        name = f"{self._topic}-dataset"  # of this run: another may hand over the same
        self._open.callback(self._take_back, name)
        with self._connected():
            for left in reversed(range(TRIES)):
                try:
                    self._client.register_plugin(carried, name=name)
                    break
                except OSError:  # also where a worker left meanwhile, which Dask tells alike
                    if not left:
                        raise
                except Exception as failure:
                    raise EngineError(
                        f"a worker cannot be given {wanted.data} ({failure}); make room in its "
                        "ONESHOT_CACHE, or let it see the dataset"
                    ) from failure
        self._handed_over = True

    def _take_back(self, name: str) -> None:
        """Let the scheduler forget the dataset, unless it is lost: then it has."""
        if self._client.status == "running":
            with suppress(OSError, ValueError):
                self._client.unregister_worker_plugin(name)

    def _lost(self) -> EngineError:
        return EngineError(
            f"the scheduler of {self._address.text} was lost; finished records are kept: start it "
            "again, and run the same command to go on"
        )

    def _hear(self, event: tuple[float, str]) -> None:
        told = from_line(event[1])
        if not isinstance(told, Fitting | Started):
            return
        if (sent := self._sent.get((told.choice, told.seed))) is not None:
            sent.n_begun += isinstance(told, Started)
            sent.notify(told)

    def _hear_of_workers(self, event: tuple[float, Any]) -> None:
        """Say what waits when a worker has left a cluster that others may join."""
        match event[1]:
            case {"action": "remove-worker"}:
                left = [sent.job for sent in list(self._sent.values()) if not sent.delivered.done()]
                with suppress(RuntimeError):  # the run is over
                    self._delivery.submit(self._check_offers, left)

    def _deliver(self, sent: _Sent, ended: Future[Returned]) -> None:
        try:
            if self._has_to_go_again(sent, ended):
                self._send(sent)
                return
            for event in self._events(sent.job, ended):
                sent.notify(event)
        except BaseException as failure:
            sent.delivered.set_exception(failure)
        else:
            sent.delivered.set_result(None)

    def _has_to_go_again(self, sent: _Sent, ended: Future[Returned]) -> bool:
        """Whether a job failed for nothing of its own, and what it lacked is there now."""
        from distributed import KilledWorker

        match ended.exception():
            case KilledWorker():
                # Dask blames all that a dead worker had, also what it had not begun
                return sent.n_begun < TRIES and sent.n_sent < SENDS
            case DataError() if not sent.with_data:  # a worker that joined late
                if not self._handed_over:
                    self._hand_over(Wanted.by(sent.job))
                return True
        return False

    def _events(self, job: Job, ended: Future[Returned]) -> Iterator[Event]:
        """Yield what a job told: of each of its tasks one result, a failure where none came.

        Raises:
            EngineError: the scheduler was lost, or a worker that joined late has other code.
            DataError: such a worker cannot read the dataset.
        """
        from distributed import KilledWorker

        match failure := ended.exception():
            case None:
                self.process_seconds += ended.result().seconds
                yield from _told(job, ended.result())
            case Crash():
                left = failure.incomplete.failures(job, f"; tried {TRIES} times")
                yield from _told(job, failure.returned, left)
            case KilledWorker():
                what = f"its worker died each time it was tried, last {failure.last_worker.address}"
                yield from failures(job, what, job.tasks)
            case EngineError() | DataError():
                raise failure
            case _:
                yield from failures(job, _spelled(failure), job.tasks)


def _told(job: Job, returned: Returned, left: Sequence[Failure] = ()) -> Iterator[Event]:
    """Yield what a job told, and then keep its model: a full cache costs that alone."""
    yield from results(job, returned, left)
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


def _spelled(failure: BaseException | None) -> str:
    """Return a failure from elsewhere, whose traceback is not at hand, on one line."""
    message = " ".join(str(failure).split())
    return message if isinstance(failure, OneShotError) else f"{type(failure).__name__}: {message}"


async def _disagreement(asked: Terms) -> str | None:
    """Compare on a worker, whose own work goes on meanwhile."""
    return await asyncio.to_thread(disagreement, asked)


async def _is_here(wanted: Wanted) -> bool:
    return await asyncio.to_thread(is_here, wanted)
