"""Which cluster is meant: one of this machine's own, a scheduler by address, or by its file."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.device import graphics_card
from harness.errors import EngineError, UsageError

if TYPE_CHECKING:
    from distributed import Client, SpecCluster

LOCAL = "local"
TRIES = 3
"""How often a job may take its process, or its worker, down before it is a failed row."""
CONNECT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where jobs are to run.

    Attributes:
        text: as written after ``--engine``.
        address: the scheduler's, as ``tcp://HOST:PORT``; None for a cluster of this machine's own.
        file: the scheduler's file, which says its address; None without one.
    """

    text: str
    address: str | None = None
    file: Path | None = None

    @property
    def own(self) -> bool:
        """Whether the cluster is started here, and ends with the run."""
        return self.address is None and self.file is None


def parse_place(text: str) -> Place | None:
    """Read ``local`` (None), ``dask``, ``dask://HOST:PORT`` or ``dask:FILE``.

    Raises:
        UsageError: it is none of them, or there is no such file.
    """
    if text == LOCAL:
        return None
    kind, _, rest = text.partition(":")
    if kind != "dask" or text == "dask:":
        raise UsageError(
            f"--engine {text}: write local, dask, dask://HOST:PORT, or dask:FILE for a scheduler's "
            "file"
        )
    if rest.startswith("//"):
        host, _, port = rest[2:].rpartition(":")
        if not host or not port.isdigit():
            raise UsageError(f"--engine {text}: write dask://HOST:PORT, such as dask://node7:8786")
        return Place(text=text, address=f"tcp://{rest[2:]}")
    return Place(text=text, file=_scheduler_file(text, rest)) if rest else Place(text=text)


def _scheduler_file(text: str, name: str) -> Path:
    try:
        json.loads(Path(name).read_text(encoding="utf-8"))["address"]
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise UsageError(
            f"--engine {text}: {name} is no scheduler's file ({type(failure).__name__}); name the "
            "one that dask scheduler --scheduler-file FILE writes"
        ) from failure
    return Path(name)


def join(place: Place) -> Client:
    """Return a client of a scheduler that is there already.

    Raises:
        EngineError: none answers.
    """
    from distributed import Client

    quieten()
    try:
        if place.file is not None:
            return Client(
                scheduler_file=str(place.file), timeout=CONNECT_SECONDS, set_as_default=False
            )
        return Client(place.address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as failure:
        raise EngineError(
            f"--engine {place.text}: no scheduler answers there; is it running? start one: "
            "dask scheduler"
        ) from failure


def own_cluster(n_workers: int) -> SpecCluster:
    """Start a cluster of worker processes on this machine, reachable from it alone.

    Each worker runs one job at a time and offers its share of the cores and of the memory; the
    first offers the graphics card, where there is one.
    """
    import dask
    from distributed import Nanny, Scheduler, SpecCluster

    quieten()
    share: dict[str, float] = {
        "cpus": own_threads(n_workers),
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


def own_threads(n_workers: int) -> int:
    """Return how many threads a job of an own cluster gets: its worker's share of the cores."""
    return max(1, (os.cpu_count() or 1) // n_workers)


def quieten() -> None:
    """Keep Dask's own logs off the screen: what matters is told as an error or a failed row."""
    # two of them have levels of their own
    for name in ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
