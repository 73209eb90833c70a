"""The workers of a cluster: which there are, what they offer, whether they run the same code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from time import monotonic, sleep
from typing import Any

from harness.errors import EngineError, UsageError
from harness.running.cluster.address import Address
from harness.running.cluster.connection import Connection
from harness.running.cluster.outcome import spelled
from harness.running.cluster.same_code import Requirements, difference
from harness.running.cluster.wanted import WantedDataset, is_readable
from harness.running.job import Job

log = logging.getLogger("oneshot")
NOTICED_SECONDS = 2.0
"""Within which a scheduler knows that a worker has left."""


class Workers:
    """The workers that a scheduler has at the time of each call: they come and go."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._client = connection, connection.client

    def known(self) -> Mapping[str, Any]:
        """Return what the scheduler knows of each worker, by address."""
        with self._connection.guarded():
            return self._client.scheduler_info(n_workers=-1)["workers"]

    def wait_for_first(self) -> None:
        """Wait until there is a worker, and say so."""
        if not self.known():
            log.warning("waiting for the first worker of %s", self._connection.address.text)
            with self._connection.guarded():
                self._client.wait_for_workers(1)

    def check_code(self, required: Requirements) -> None:
        """Refuse a worker whose code differs from this machine's.

        Raises:
            EngineError: a worker has another version, lacks a method, or has other code.
        """
        for worker, found in self.everywhere(_difference, required).items():
            if found is not None:
                raise EngineError(f"worker {_host(worker)}: {found}")

    def can_all_read(self, wanted: WantedDataset) -> bool:
        """Whether every worker can read the dataset without being sent it."""
        return all(self.everywhere(_is_readable, wanted).values())

    def check_resources(self, jobs: Sequence[Job]) -> None:
        """Compare what jobs request with what the workers offer; see ``check_offered``."""
        offered = [worker["resources"] for worker in self.known().values()]
        check_offered(jobs, offered, self._connection.address)

    def everywhere(self, function: Callable[..., object], *arguments: object) -> dict[str, Any]:
        """Call a function on every worker, and return its answers by address.

        A worker that leaves meanwhile is left out.

        Raises:
            EngineError: a worker cannot run the function, or the scheduler is lost.
        """
        with self._connection.guarded():
            answers = self._client.run(function, *arguments, on_error="return")
        answered = {}
        for worker, answer in answers.items():
            if not isinstance(answer, BaseException):
                answered[worker] = answer
            elif not (isinstance(answer, OSError) and self._has_left(worker)):
                raise EngineError(
                    f"worker {_host(worker)}: it cannot run this harness ({spelled(answer)}); "
                    "install the same version there"
                )
        return answered

    def _has_left(self, worker: str) -> bool:
        """Whether a worker that could not be reached is gone, which the scheduler notices soon."""
        end = monotonic() + NOTICED_SECONDS
        while there := worker in self.known():
            if monotonic() > end:
                break
            sleep(0.1)
        return not there


def check_offered(
    jobs: Sequence[Job], offered: Sequence[Mapping[str, float]], address: Address
) -> None:
    """Warn of jobs that no worker can run yet: Dask lets them wait for one that can.

    Args:
        jobs: the jobs that are left to run.
        offered: the resources of each worker, by name.
        address: the cluster.

    Raises:
        UsageError: they would wait for ever, since no other worker joins this machine's own
            cluster.
    """
    for resources in dict.fromkeys(job.resources for job in jobs):
        requested = resources.requested
        if any(_fits(requested, offer) for offer in offered):
            continue
        if address.own:
            most = max(offered, key=lambda offer: offer.get("gpu", 0))
            raise UsageError(
                f"--engine {address.text}: jobs request {_listed(requested)}, and a worker here "
                f"has {_listed(most)} at most; request less, give fewer --jobs, or join a cluster"
            )
        needed = f" with: --resources '{_listed(requested)}'" if requested else ""
        log.warning("jobs wait for a worker%s", needed)


def _fits(requested: Mapping[str, float], offer: Mapping[str, float]) -> bool:
    return all(offer.get(key, 0) >= value for key, value in requested.items())


def _listed(resources: Mapping[str, float]) -> str:
    return " ".join(f"{key}={value:.15g}" for key, value in resources.items())


def _host(worker: str) -> str:
    """Return a worker's address without its protocol."""
    return worker.partition("//")[2]


# in threads, so that a worker's own messages go on meanwhile
async def _difference(required: Requirements) -> str | None:
    return await asyncio.to_thread(difference, required)


async def _is_readable(wanted: WantedDataset) -> bool:
    return await asyncio.to_thread(is_readable, wanted)
