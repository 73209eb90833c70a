from __future__ import annotations

import pytest

from harness.commands.where import n_jobs
from harness.errors import UsageError
from harness.running.cluster.address import Address

OWN, THEIRS = Address(text="dask"), Address(text="dask://a:1", scheduler="tcp://a:1")


def test_a_cluster_that_is_there_is_not_told_how_many_jobs_to_run() -> None:
    assert (n_jobs(THEIRS, None), n_jobs(OWN, 3), n_jobs(None, 3)) == (1, 3, 3)
    with pytest.raises(UsageError, match="--jobs 3: dask://a:1 runs as many as its workers take"):
        n_jobs(THEIRS, 3)  # also for --dry-run
