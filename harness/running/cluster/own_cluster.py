"""A cluster of this machine's own, that starts and ends with a run."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.errors import EngineError, UsageError
from harness.running.cluster.address import Address
from harness.running.device import graphics_card
from harness.running.job import Job

if TYPE_CHECKING:
    from distributed import Client, SpecCluster

TRIES = 3
"""How often a job may take its process, or its worker, down before it is a failed row."""
CONNECT_SECONDS = 10.0
log = logging.getLogger("oneshot")


def own_cluster(n_workers: int) -> SpecCluster:
    """Start a cluster of worker processes on this machine, reachable from it alone.

    Each worker runs one job at a time and offers its share of the cores and of the memory; the
    first offers the graphics card, where there is one.
    """
    import dask
    from distributed import Nanny, Scheduler, SpecCluster

    quieten()
    share: dict[str, float] = {
        "cpus": max(1, (os.cpu_count() or 1) // n_workers),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // n_workers,
    }
    n_cards = 0 if graphics_card() is None else 1
    here = {"host": "127.0.0.1", "dashboard": False}
    workers = {
        number: {
            "cls": Nanny,
            "options": {
                **here,
                "nthreads": 1,
                "memory_limit": 0,  # jobs have processes of their own, which it could not see
                "resources": {**share, "gpu": n_cards if number == 0 else 0},
                "silence_logs": logging.CRITICAL,
            },
        }
        for number in range(n_workers)
    }
    scheduler = {
        "cls": Scheduler,
        "options": {
            **here,
            "port": 0,
            "dashboard_address": "127.0.0.1:0",  # of its health page; runs may go on side by side
            "allowed_failures": TRIES - 1,
        },
    }
    # Dask would tell every job to use one thread
    with dask.config.set({"distributed.nanny.pre-spawn-environ": {}}):
        return SpecCluster(
            workers=workers, scheduler=scheduler, silence_logs=logging.CRITICAL, name="oneshot"
        )


def quieten() -> None:
    """Keep Dask's own logs off the screen: what matters is told as an error or a failed row."""
    # two of them have levels of their own
    for name in ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def join(address: Address) -> Client:
    """Return a client of a scheduler that is there already.

    Raises:
        EngineError: none answers.
    """
    from distributed import Client

    quieten()
    try:
        if address.file is not None:
            return Client(
                scheduler_file=str(address.file), timeout=CONNECT_SECONDS, set_as_default=False
            )
        return Client(address.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as failure:
        raise EngineError(
            f"--engine {address.text}: no scheduler answers there; is it running? start one: "
            "dask scheduler"
        ) from failure


def check_offers(
    jobs: Sequence[Job], offers: Sequence[Mapping[str, float]], address: Address
) -> None:
    """Say what jobs no worker can run by now: Dask lets them wait for one that can.

    Args:
        jobs: what is to run.
        offers: the resources of each worker, by name.
        address: the cluster.

    Raises:
        UsageError: they would wait for ever, since the cluster is this machine's own.
    """
    for asked in dict.fromkeys(job.resources for job in jobs):
        if any(_fits(asked.asked, offer) for offer in offers):
            continue
        spelled = _spelled(asked.asked)
        if address.own:
            most = max(offers, key=lambda offer: offer.get("gpu", 0))
            raise UsageError(
                f"--engine {address.text}: jobs ask for {spelled}, and a worker here has "
                f"{_spelled(most)} at most; ask for less, give fewer --jobs, or join a cluster"
            )
        log.warning(
            "jobs wait for a worker%s", f" with: --resources '{spelled}'" if spelled else ""
        )


def _fits(asked: Mapping[str, float], offer: Mapping[str, float]) -> bool:
    return all(offer.get(key, 0) >= value for key, value in asked.items())


def _spelled(resources: Mapping[str, float]) -> str:
    return " ".join(f"{key}={value:.15g}" for key, value in resources.items())
