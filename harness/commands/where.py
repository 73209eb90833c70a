"""The options that say where jobs run, and the engine that they choose."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.running.cluster.address import Address
    from harness.running.engine import Engine

jobs_option = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    help="Jobs at a time, each with its share of the cores.  [default: 1; with --engine dask, one "
    "for each core]",
)
engine_option = click.option(
    "--engine",
    default="local",
    show_default=True,
    metavar="WHERE",
    help="Where jobs run: local, dask (a cluster that is started here), dask://HOST:PORT, or "
    "dask:FILE with a scheduler file.",
)
resources_option = click.option(
    "--resources",
    metavar="LIST",
    help="What each job requests of its machine: cpus=2,memory=8GB,gpu=1, or a part of it.",
)


def engine_at(cluster: Address | None, jobs: int | None, timeout: float | None) -> Engine:
    """Return the engine that runs the jobs.

    Raises:
        UsageError: Dask is not installed, or ``--jobs`` is given for a cluster that exists already.
    """
    from harness.running.engine import LocalEngine

    if cluster is None:
        return LocalEngine(n_jobs(cluster, jobs), timeout)
    if find_spec("distributed") is None:
        raise UsageError(
            f"--engine {cluster.text} needs Dask, which is not installed; install it: pip install "
            "'oneshot-harness[distributed]'"
        )
    n_workers = n_jobs(cluster, jobs)
    from harness.running.cluster.engine import DaskEngine

    return DaskEngine(cluster, n_workers, timeout)


def n_jobs(cluster: Address | None, jobs: int | None) -> int:
    """Return how many jobs run at a time, as far as that is known here.

    Raises:
        UsageError: ``--jobs`` is given for a cluster that exists already.
    """
    if cluster is None:
        return jobs or 1
    if not cluster.own:
        if jobs is not None:
            raise UsageError(
                f"--jobs {jobs}: {cluster.text} runs as many as its workers take; leave --jobs out"
            )
        return 1
    return jobs or os.cpu_count() or 1
