from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.records.record import Failure, Record
from harness.records.store import read_all, read_curves
from harness.running.cluster.connection import Connection
from harness.running.cluster.engine import Sender
from harness.running.cluster.sent_job import SentJob
from harness.running.engine import LocalEngine
from harness.running.events import Event, Started
from harness.running.plan import plan
from harness.running.request import Request
from harness.running.resources import Resources
from harness.running.run import run
from harness.running.suite_file import load_suite
from tests.harness.running.cluster.conftest import OWN, THEIRS, Cluster, run_on, until
from tests.support.jobs import FIVE, job
from tests.support.odd_methods import SECRET

Outcomes = dict[tuple[str, str], bytes]


def outcomes(results: Path) -> Outcomes:
    """Every answer of every record, times aside."""
    found = {}
    for record in read_all(results):
        assert isinstance(record, Record), record
        key = str(record.identity.choice), record.identity.task
        found[key] = record.manifest.encode() + b"".join(
            values.tobytes()
            for values in (record.outcomes.answer, record.outcomes.tied, record.outcomes.right)
        )
    return found


@pytest.mark.timeout(900)
def test_the_quick_suite_is_the_same_on_one_job_on_two_and_on_a_cluster(
    tmp_path: Path, tests_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # more threads sum in another order
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    monkeypatch.setenv("TF_NUM_INTEROP_THREADS", "1")
    quick = load_suite("quick")
    short = [
        method.replace("preset=tiny", "preset=tiny,steps=4").replace("lda-1nn", "lda-1nn[grid=4]")
        for method in quick.methods
    ]
    engines: dict[str, Callable[[Request], object]] = {
        "one job": lambda asked: run(plan(asked), LocalEngine(1), asked.results, lambda _: None),
        "two jobs": lambda asked: run(plan(asked), LocalEngine(2), asked.results, lambda _: None),
        "cluster": lambda asked: run_on("dask", asked),
    }
    load_dataset(quick.data, Plugins())
    found = {}
    for name, measure in engines.items():
        cache = tmp_path / name / "cache"
        cache.mkdir(parents=True)
        (cache / "datasets").symlink_to(tests_cache / "datasets")
        monkeypatch.setenv("ONESHOT_CACHE", str(cache))  # each trains anew
        request = Request(
            data=quick.data,
            methods=tuple(short),
            tasks=quick.tasks,
            n_episodes=3,
            results=tmp_path / name,
        )
        measure(request)
        found[name] = outcomes(request.results)
    assert len(found["one job"]) == len(quick.methods) * len(quick.tasks)
    assert found["one job"] == found["two jobs"] == found["cluster"]


def test_a_dataset_is_sent_once_to_each_worker_that_cannot_see_it(
    cluster: Cluster, ask, plugin_file, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caches = [tmp_path / f"cache-{number}" for number in range(2)]
    for cache in caches:
        cluster.start_worker(changed={"ONESHOT_CACHE": str(cache)})
    cluster.wait_for_workers()
    monkeypatch.setenv("SEES_THE_DATA", "yes")
    plugin = plugin_file(SECRET, "secret.py")
    request = ask("l2-1nn", "odd", data="secret", seeds=(0, 1, 2))
    request = replace(request, plugins=(*request.plugins, plugin))
    loads = plugin.with_name("secret.py.loads")
    told = run_on(cluster.engine, request)
    assert len(told.results) == 4
    assert all(isinstance(result, Record) for result in told.results)
    n_loads = len(loads.read_text().split())
    for cache in caches:
        (stored,) = (cache / "datasets").iterdir()
        assert stored.name.startswith("handed-")
    told = run_on(cluster.engine, replace(request, seeds=(3, 4)))
    assert len(told.results) == 2
    # the plan read it here; no job did, and nobody was sent it again
    assert len(loads.read_text().split()) - n_loads == 1


WAITS = "jobs wait for a worker with: --resources 'cpus=2 gpu=1'"


def test_a_job_waits_for_a_worker_with_a_graphics_card_and_says_so(
    two_workers: Cluster, ask, caplog: pytest.LogCaptureFixture
) -> None:
    request = ask("l2-1nn", resources=Resources(gpu=1, cpus=2))
    with ThreadPoolExecutor() as background:
        waiting = background.submit(run_on, two_workers.engine, request)
        until(lambda: WAITS in caplog.messages, "it is said")
        run_on(two_workers.engine, ask("odd"))  # the cluster works meanwhile
        assert not waiting.done()
        two_workers.add_worker("--resources", "gpu=1 cpus=2")
        told = waiting.result(60)
    (record,) = told.results
    assert record.environment["threads"] == "2", "as many as it asked for"
    (began,) = told.started
    assert two_workers.worker_at(began.where) is two_workers.workers[2]


def test_a_worker_that_joins_late_is_given_the_dataset_too(
    cluster: Cluster,
    ask,
    plugin_file,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SEES_THE_DATA", "yes")
    cluster.add_worker()
    monkeypatch.delenv("SEES_THE_DATA")
    plugin = plugin_file(SECRET, "secret.py")
    request = ask("l2-1nn", "odd", data="secret", resources=Resources(gpu=1, cpus=2))
    request = replace(request, plugins=(*request.plugins, plugin))
    cache = tmp_path / "late-cache"
    with ThreadPoolExecutor() as background:
        monkeypatch.setenv("SEES_THE_DATA", "yes")
        waiting = background.submit(run_on, cluster.engine, request)
        until(lambda: WAITS in caplog.messages, "nobody needed to be given it")
        blind = {"ONESHOT_CACHE": str(cache), "SEES_THE_DATA": ""}
        cluster.add_worker("--resources", "gpu=1 cpus=2", changed=blind)
        told = waiting.result(60)
    assert [type(result) for result in told.results] == [Record, Record]
    assert len(list((cache / "datasets").iterdir())) == 1


def test_models_and_curves_come_back_and_serve_here_with_equal_threads(
    cluster: Cluster, ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "here"))
    for number in range(2):
        there = {"ONESHOT_CACHE": str(tmp_path / f"there-{number}")}
        cluster.start_worker("--resources", "cpus=2", changed=there)
    request = ask("learns", seeds=(0, 1), resources=Resources(cpus=2))
    told = run_on(cluster.engine, request)
    assert [r.cost.cached for r in told.results if isinstance(r, Record)] == [False, False]
    assert [curve.seed for curve in read_curves(request.results)] == [0, 1]
    kept = [path for path in (tmp_path / "here" / "models").iterdir() if path.is_dir()]
    assert len(kept) == 2
    for cpus, cached in ((2, True), (None, False)):
        later = replace(
            request, tasks=("across-3w1s",), seeds=(0,), results=tmp_path / str(cpus),
            resources=Resources(cpus=cpus),
        )  # fmt: skip
        run(plan(later), LocalEngine(), later.results, lambda event: None)
        (record,) = read_all(later.results)
        assert isinstance(record, Record) and record.cost.cached == cached


@pytest.mark.parametrize(("n_workers", "threads"), [(1, None), (2, 4), (16, 1)])
def test_a_cluster_of_ones_own_shares_the_cores_as_the_local_engine_does(
    n_workers: int, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    local: list[int | None] = []

    def processes(timeout: float | None, threads: int | None) -> SimpleNamespace:
        local.append(threads)
        return SimpleNamespace(run=lambda job, notify: None, kill_all=lambda: None)

    monkeypatch.setattr("harness.running.engine.JobProcesses", processes)
    assert list(LocalEngine(n_workers).run([job("l2-1nn", FIVE)])) == []
    sent: list[SentJob] = []
    client: Any = SimpleNamespace(submit=lambda function, job, **options: sent.append(job))
    for address in (OWN, THEIRS):
        required: Any = None
        Sender(Connection(client, address), required, n_workers, None).send(job("l2-1nn", FIVE))
    own, theirs = sent
    assert local == [threads]
    assert (own.threads, own.returns_model) == (threads, False)
    assert (theirs.threads, theirs.returns_model) == (None, True)


def test_a_job_that_takes_too_long_is_told_once(two_workers: Cluster, ask) -> None:
    told = run_on(two_workers.engine, ask("odd[does=hang]"), timeout=1)
    (failure,) = told.results
    assert isinstance(failure, Failure)
    assert failure.reason == "timed out after 1 seconds; --timeout gives more"
    assert len(told.started) == 1


def test_a_worker_is_waited_for_when_there_is_none_and_it_is_said(
    cluster: Cluster, ask, caplog: pytest.LogCaptureFixture
) -> None:
    def kill_the_first(event: Event) -> None:
        if isinstance(event, Started) and cluster.workers[0].poll() is None:
            cluster.workers[0].kill()

    with ThreadPoolExecutor() as background:
        waiting = background.submit(run_on, cluster.engine, ask("l2-1nn"), kill_the_first)
        until(lambda: f"waiting for the first worker of {cluster.engine}" in caplog.messages, "")
        cluster.add_worker()
        until(lambda: "jobs wait for a worker" in caplog.messages, "the only worker is gone")
        cluster.add_worker()
        assert len(waiting.result(60).results) == 1
