"""A cluster of this machine's own, that starts and ends with a run."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from harness.running.cluster.quiet import quieten
from harness.running.device import graphics_card

if TYPE_CHECKING:
    from distributed import SpecCluster

TRIES = 3
"""How often a job may take its process, or its worker, down before it is a failed row."""


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
