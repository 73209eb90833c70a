"""A cluster of this machine's own, which starts and ends with a run."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from harness.running.cluster.submission import TRIES
from harness.running.device import graphics_card

if TYPE_CHECKING:
    from distributed import SpecCluster

HERE = {"host": "127.0.0.1", "dashboard": False}


def own_cluster(n_workers: int) -> SpecCluster:
    """Start a cluster of worker processes on this machine, reachable from it alone.

    Each worker runs one job at a time and offers its share of the cores and of the memory; the
    first offers the graphics card, where there is one.
    """
    import dask
    from distributed import Scheduler, SpecCluster

    workers = {number: _worker(number, n_workers) for number in range(n_workers)}
    scheduler = {
        "cls": Scheduler,
        "options": {
            **HERE,
            "port": 0,
            "dashboard_address": "127.0.0.1:0",  # of its health page; runs may go on side by side
            "allowed_failures": TRIES - 1,
        },
    }
    # without this, Dask sets every job's number of threads to one
    with dask.config.set({"distributed.nanny.pre-spawn-environ": {}}):
        return SpecCluster(
            workers=workers, scheduler=scheduler, silence_logs=logging.CRITICAL, name="oneshot"
        )


def _worker(number: int, n_workers: int) -> dict[str, object]:
    from distributed import Nanny

    has_card = number == 0 and graphics_card() is not None
    return {
        "cls": Nanny,
        "options": {
            **HERE,
            "nthreads": 1,
            "memory_limit": 0,  # Dask does not see the memory of job processes
            "resources": {
                "cpus": max(1, (os.cpu_count() or 1) // n_workers),
                "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // n_workers,
                "gpu": 1 if has_card else 0,
            },
            "silence_logs": logging.CRITICAL,
        },
    }
