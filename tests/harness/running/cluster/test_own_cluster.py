from __future__ import annotations

import os

from harness.running.cluster.own_cluster import own_cluster
from tests.harness.running.cluster.conftest import listening
from tests.support.processes import children


def test_a_cluster_of_ones_own_is_reachable_from_this_machine_alone() -> None:
    with own_cluster(2) as cluster:
        processes = [os.getpid(), *children(os.getpid())]
        ports = set[str]().union(*map(listening, processes))
        assert len(cluster.workers) == 2 and len(ports) >= 3
        abroad = (listening(process, abroad=True) for process in processes)
        assert not ports & set[str]().union(*abroad)
