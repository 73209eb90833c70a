from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import Client, KilledWorker
from distributed.comm import CommClosedError

from harness.errors import EngineError, UsageError
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.records.record import Failure, Record
from harness.records.store import read_all, read_curves
from harness.running.cluster.address import Address
from harness.running.cluster.engine import DaskEngine, _Sent
from harness.running.cluster.handover import Wanted, is_here
from harness.running.cluster.on_worker import Assignment
from harness.running.cluster.returned import Model, Returned
from harness.running.engine import LocalEngine
from harness.running.events import Event, Started
from harness.running.fitting import Conditions
from harness.running.resources import Resources
from harness.running.run import Request, plan, run
from harness.running.suite_file import load_suite
from tests.harness.running.cluster.conftest import Cluster, listening, run_on, until
from tests.support.jobs import FIVE, job
from tests.support.odd_methods import SECRET
from tests.support.processes import children

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


@pytest.mark.parametrize("word", ["dusk", "dask:", "dask://here", "dask://:8786", "dask:none.json"])
def test_an_address_that_is_none_is_refused(word: str) -> None:
    from harness.running.cluster.address import parse_address

    with pytest.raises(UsageError, match=f"--engine {word}"):
        parse_address(word)


def test_a_cluster_that_is_there_is_not_told_how_many_jobs_to_run() -> None:
    from harness.commands.where import n_jobs

    assert (n_jobs(THEIRS, None), n_jobs(OWN, 3), n_jobs(None, 3)) == (1, 3, 3)
    with pytest.raises(UsageError, match="--jobs 3: dask://a:1 runs as many as its workers take"):
        n_jobs(THEIRS, 3)  # also for --dry-run


def test_a_scheduler_that_is_not_there_is_told(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.running.cluster.own_cluster.CONNECT_SECONDS", 0.5)
    with pytest.raises(EngineError, match="no scheduler answers there"):
        run_on("dask://127.0.0.1:9", ask("l2-1nn"))


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


def test_a_cluster_of_ones_own_is_reachable_from_this_machine_alone() -> None:
    from harness.running.cluster.own_cluster import own_cluster

    with own_cluster(2) as cluster:
        processes = [os.getpid(), *children(os.getpid())]
        ports = set[str]().union(*map(listening, processes))
        assert len(cluster.workers) == 2 and len(ports) >= 3
        abroad = (listening(process, abroad=True) for process in processes)
        assert not ports & set[str]().union(*abroad)


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
    assert LocalEngine(n_workers)._processes._threads == threads
    sent: list[Assignment] = []

    def submit(function: object, assignment: Assignment, **options: object) -> None:
        sent.append(assignment)

    loop = SimpleNamespace(asyncio_loop=asyncio.new_event_loop())
    for address in (OWN, THEIRS):
        engine = fake_client(address, n_workers, submit=submit, loop=loop)
        engine._terms = None  # type: ignore[assignment]
        monkeypatch.setattr(engine, "_ended", lambda task: asyncio.sleep(0))
        engine.submit(job("l2-1nn", FIVE), lambda event: None)
    loop.asyncio_loop.run_until_complete(asyncio.sleep(0.01))
    loop.asyncio_loop.close()
    own, theirs = sent
    assert (own.threads, own.sends_model) == (threads, False)
    assert (theirs.threads, theirs.sends_model) == (None, True)


def test_runs_that_hand_over_the_same_each_take_back_their_own(cluster: Cluster, ask) -> None:
    wanted = Wanted.by(plan(ask("l2-1nn")).jobs[0])
    address = Address(text=cluster.engine, file=cluster.file)
    with Client(scheduler_file=str(cluster.file), set_as_default=False) as client:
        held = lambda: client.run_on_scheduler(  # noqa: E731
            lambda dask_scheduler: str(list(dask_scheduler.worker_plugins)).count("oneshot-")
        )
        with DaskEngine(address) as one:
            one._hand_over(wanted)
            with DaskEngine(address) as other:
                other._hand_over(wanted)
                assert held() == 2
            assert held() == 1
        assert held() == 0
    with (
        pytest.raises(EngineError, match="the scheduler of .* was lost"),
        DaskEngine(address) as one,
    ):
        one._hand_over(wanted)
        cluster.scheduler.kill()
        until(lambda: one._client.status != "running", "its loss is noticed")
        raise one._lost()  # which the end of the run does not replace


OWN, THEIRS = Address(text="dask"), Address(text="dask://a:1", scheduler="tcp://a:1")


def fake_client(address: Address = OWN, n_workers: int = 1, **methods: object) -> DaskEngine:
    """An engine at a scheduler that lists one worker, a."""
    engine = DaskEngine(address, n_workers)
    listed: dict[str, object] = {"workers": {"tcp://a": {}}}
    client: Any = SimpleNamespace(scheduler_info=lambda n_workers: listed, **methods)
    engine._client = client
    return engine


def test_a_worker_that_leaves_while_it_is_asked_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = lambda worker: fake_client(  # noqa: E731
        run=lambda *_, on_error: {worker: CommClosedError("closed"), "tcp://c": True}
    )
    assert gone("tcp://b")._everywhere(is_here) == {"tcp://c": True}
    monkeypatch.setattr("harness.running.cluster.engine.NOTICED_SECONDS", 0.1)
    with pytest.raises(EngineError, match="worker a: it cannot run this harness"):
        gone("tcp://a")._everywhere(is_here)


def test_a_worker_that_leaves_while_the_dataset_goes_round_is_not_the_scheduler(ask) -> None:
    failures = [CommClosedError("closed")]

    def register(plugin: object, name: str) -> None:
        if failures:
            raise failures.pop()

    fake_client(register_plugin=register)._hand_over(Wanted.by(plan(ask("l2-1nn")).jobs[0]))
    failures += [CommClosedError("closed")] * 3
    with pytest.raises(EngineError, match="was lost"):
        fake_client(register_plugin=register)._hand_over(Wanted.by(plan(ask("l2-1nn")).jobs[0]))


@pytest.mark.parametrize(
    ("n_begun", "n_sent", "again"), [(0, 1, True), (2, 2, True), (3, 3, False), (0, 10, False)]
)
def test_a_job_that_is_lost_with_its_workers_is_sent_again_so_often(
    n_begun: int, n_sent: int, again: bool
) -> None:
    lost: Future[Returned] = Future()
    lost.set_exception(KilledWorker("key", SimpleNamespace(address="tcp://a"), 3))
    sent = _Sent(job=job("l2-1nn", FIVE), notify=lambda _: None, n_begun=n_begun, n_sent=n_sent)
    assert fake_client()._has_to_go_again(sent, lost) == again


@pytest.mark.parametrize("refit", [False, True])
def test_a_model_that_cannot_be_kept_costs_no_record(
    make_record, refit: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from harness.running.cluster import engine
    from harness.running.events import to_line

    def full(model: Model, *, replace: bool) -> None:
        assert replace == refit, "what was fitted again takes the place of what was there"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(engine, "keep_model", full)
    asked = job("lda-1nn", FIVE)
    asked = replace(asked, conditions=Conditions(refit=refit))
    record = replace(make_record("lda-1nn"), identity=asked.identity(FIVE))
    model = Model(key="lda-1nn-1", parcel=b"")
    returned = Returned(lines=(to_line(record),), model=model, seconds=1.0)
    assert [type(event) for event in engine._told(asked, returned)] == [Record]
    (warning,) = caplog.messages
    assert warning == (
        "cannot keep the fitted model of lda-1nn ([Errno 28] No space left on device); it will be "
        "trained again next time"
    )


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
