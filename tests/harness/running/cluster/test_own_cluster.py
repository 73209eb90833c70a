from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import UsageError
from harness.running.cluster.address import Address
from harness.running.cluster.own_cluster import check_offers
from harness.running.resources import Resources
from tests.support.jobs import FIVE, job

OWN = Address(text="dask")
THEIRS = Address(text="dask://node7:8786", scheduler="tcp://node7:8786")
OFFERS = [{"cpus": 2.0, "memory": 8e9}, {"cpus": 1.0, "gpu": 1.0}]


def asking(**resources: int):
    return [replace(job("l2-1nn", FIVE), resources=Resources(**resources))]


@pytest.mark.parametrize("asked", [{}, {"cpus": 2}, {"cpus": 1, "gpu": 1}, {"memory": 8 * 10**9}])
def test_what_one_worker_offers_is_not_mentioned(asked, caplog: pytest.LogCaptureFixture) -> None:
    check_offers(asking(**asked), OFFERS, THEIRS)
    check_offers(asking(**asked), OFFERS, OWN)
    assert caplog.messages == []


def test_what_no_worker_offers_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    check_offers(asking(cpus=2, gpu=1) * 3, OFFERS, THEIRS)
    assert caplog.messages == ["jobs wait for a worker with: --resources 'cpus=2 gpu=1'"]


def test_what_this_machines_own_cluster_will_never_have_is_refused() -> None:
    message = "--engine dask: jobs ask for cpus=2 gpu=1, and a worker here has cpus=1 gpu=1 at most"
    with pytest.raises(UsageError, match=message):
        check_offers(asking(cpus=2, gpu=1), OFFERS, OWN)
