from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from distributed.comm import CommClosedError

from harness.errors import EngineError, UsageError
from harness.running.cluster.connection import Connection
from harness.running.cluster.workers import Workers, check_offered
from harness.running.resources import Resources
from tests.harness.running.cluster.conftest import OWN, THEIRS
from tests.support.jobs import FIVE, job

OFFERS = [{"cpus": 2.0, "memory": 8e9}, {"cpus": 1.0, "gpu": 1.0}]


def asking(**resources: int):
    return [replace(job("l2-1nn", FIVE), resources=Resources(**resources))]


@pytest.mark.parametrize("asked", [{}, {"cpus": 2}, {"cpus": 1, "gpu": 1}, {"memory": 8 * 10**9}])
def test_what_one_worker_offers_is_not_mentioned(asked, caplog: pytest.LogCaptureFixture) -> None:
    check_offered(asking(**asked), OFFERS, THEIRS)
    check_offered(asking(**asked), OFFERS, OWN)
    assert caplog.messages == []


def test_what_no_worker_offers_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    check_offered(asking(cpus=2, gpu=1) * 3, OFFERS, THEIRS)
    assert caplog.messages == ["jobs wait for a worker with: --resources 'cpus=2 gpu=1'"]


def test_what_this_machines_own_cluster_will_never_have_is_refused() -> None:
    message = "--engine dask: jobs request cpus=2 gpu=1, and a worker here has cpus=1 gpu=1 at most"
    with pytest.raises(UsageError, match=message):
        check_offered(asking(cpus=2, gpu=1), OFFERS, OWN)


def workers_of(**methods: object) -> Workers:
    """The workers of a scheduler that lists one, a."""
    listed: dict[str, object] = {"workers": {"tcp://a": {}}}
    client: Any = SimpleNamespace(scheduler_info=lambda n_workers: listed, **methods)
    return Workers(Connection(client, OWN))


def test_a_worker_that_leaves_while_it_is_called_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = lambda worker: workers_of(  # noqa: E731
        run=lambda *_, on_error: {worker: CommClosedError("closed"), "tcp://c": True}
    )
    assert gone("tcp://b").everywhere(bool) == {"tcp://c": True}
    monkeypatch.setattr("harness.running.cluster.workers.NOTICED_SECONDS", 0.1)
    with pytest.raises(EngineError, match="worker a: it cannot run this harness"):
        gone("tcp://a").everywhere(bool)
