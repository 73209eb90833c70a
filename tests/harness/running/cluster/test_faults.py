"""What goes wrong on a cluster loses nothing: each fault, on two real workers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import EngineError
from harness.records.record import Failure, Record
from harness.records.store import read_all
from harness.running.engine import LocalEngine
from harness.running.events import Event, Fitting, Started
from harness.running.fitting import Conditions
from harness.running.plan import plan
from harness.running.request import Request
from harness.running.resources import Resources
from harness.running.run import run
from tests.harness.running.cluster.conftest import Cluster, run_on, until
from tests.support.odd_methods import SECRET
from tests.support.processes import alive, children


def command(request: Request, engine: str) -> list[str]:
    """The same request on the command line."""
    words = [sys.executable, "-m", "harness", "run", "--data", request.data, "--engine", engine]
    words += [part for method in request.methods for part in ("-m", method)]
    words += [part for task in request.tasks for part in ("-t", task)]
    words += ["--episodes", str(request.n_episodes), "--results", str(request.results)]
    return words + [part for plugin in request.plugins for part in ("--plugin", str(plugin))]


def records_in(results: Path) -> list[Path]:
    return list((results / "records").rglob("seed-0.json"))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "told to leave"])
def test_a_lost_workers_job_goes_on_elsewhere_from_its_checkpoint(
    two_workers: Cluster, ask, tmp_path: Path, how: signal.Signals
) -> None:
    # each has a seed of its own, and so a model of its own
    often = Conditions(checkpoint_seconds=0.1)
    request = ask("learns[wait=0.05]", conditions=often, seeds=(how.value,))
    steps = request.plugins[-1].with_name("learns.py.steps")
    killed: list[Event] = []

    def kill(event: Event) -> None:
        if isinstance(event, Fitting) and event.progress.step >= 10 and not killed:
            killed.append(event)
            where = told_where[-1]
            two_workers.worker_at(where).send_signal(how)
            steps.write_text("")

    told_where: list[str] = []

    def notify(event: Event) -> None:
        if isinstance(event, Started):
            told_where.append(event.where)
        kill(event)

    told = run_on(two_workers.engine, request, notify)
    first, second = (each.where for each in told.started)
    assert first != second
    (record,) = read_all(request.results)
    assert isinstance(record, Record) and len(told.results) == 1
    done = [int(step) for step in steps.read_text().split()]
    assert 0 not in done and done[-1] == 39, "it went on from its checkpoint"
    whole = replace(request, methods=("learns",), results=tmp_path / "whole", force=True)
    run(plan(whole), LocalEngine(), whole.results, lambda event: None)
    (uninterrupted,) = read_all(whole.results)
    assert isinstance(uninterrupted, Record)
    assert (record.outcomes.answer == uninterrupted.outcomes.answer).all()


def test_a_lost_scheduler_is_told_and_the_same_command_goes_on(
    cluster: Cluster, ask, plugin_file, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = {"ONESHOT_CACHE": str(tmp_path / "cache")}
    cluster.start_worker(changed=blind)
    cluster.start_worker(changed=blind)
    cluster.wait_for_workers()
    monkeypatch.setenv("SEES_THE_DATA", "yes")
    request = ask("l2-1nn", "odd", "odd[wait=0.5]", "odd[wait=20.0]", data="secret")
    request = replace(request, plugins=(*request.plugins, plugin_file(SECRET, "secret.py")))
    caller = subprocess.Popen(command(request, cluster.engine), stderr=subprocess.PIPE, text=True)
    until(lambda: len(records_in(request.results)) == 3, "three records")
    cluster.scheduler.send_signal(signal.SIGKILL)
    _, stderr = caller.communicate(timeout=30)
    assert caller.returncode == 2
    last = stderr.splitlines()[-1]
    assert re.search(r"the scheduler of .* was lost; finished records are kept: start it", last)
    assert "Traceback" not in stderr, "Dask's own words would hide that line"
    assert len(records_in(request.results)) == 3
    cluster.close()
    cluster.start()
    cluster.add_worker(changed=blind)
    request = replace(request, methods=(*request.methods[:3], "odd[wait=0.1]"))
    assert plan(request).n_recorded == 3
    told = run_on(cluster.engine, request)
    assert [str(result.identity.choice) for result in told.results] == ["odd[wait=0.1]"]


def test_a_killed_caller_starts_again_and_its_jobs_do_not_run_on(two_workers: Cluster, ask) -> None:
    request = ask("l2-1nn", "odd[does=hang]")
    caller = subprocess.Popen(command(request, two_workers.engine), start_new_session=True)
    until(lambda: records_in(request.results), "a record")
    jobs = lambda: [c for w in two_workers.workers for c in children(w.pid)]  # noqa: E731
    until(jobs, "the other job")
    left = jobs()
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    until(lambda: not any(map(alive, left)), "its job is stopped")
    request = replace(request, methods=("l2-1nn", "odd"))
    told = run_on(two_workers.engine, request)
    assert [result.identity.method for result in told.results] == ["odd"]
    assert len(records_in(request.results)) == 2


def test_ctrl_c_stops_the_jobs_of_a_cluster_of_ones_own(ask) -> None:
    request = ask("l2-1nn", "odd[does=hang]")
    caller = subprocess.Popen(
        [*command(request, "dask"), "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until(lambda: records_in(request.results), "a record")
    workers = children(caller.pid)
    caller.send_signal(signal.SIGINT)
    _, stderr = caller.communicate(timeout=30)
    assert caller.returncode == 130
    assert "interrupted: finished records are kept" in stderr
    assert "Traceback" not in stderr
    until(lambda: not any(map(alive, workers)), "the workers end")


CRASHES = """
import os
from dataclasses import dataclass
from harness import MethodSpec, hookimpl


@dataclass(frozen=True, kw_only=True)
class Settings:
    takes: str = "itself"


class Crashes:
    def __init__(self, settings):
        self.settings = settings

    def score(self, episodes):
        with open(__file__ + ".tries", "a") as tries:
            print(self.settings.takes, file=tries)
        if self.settings.takes == "worker":
            os.kill(os.getppid(), 9)
        os._exit(7)


@hookimpl
def oneshot_method():
    return MethodSpec(name="crashes", build=Crashes, settings=Settings)
"""


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("crashes", "ended with exit status 7 before it had answered; tried 3 times"),
        ("crashes[takes=worker]", r"its worker died each time it was tried, last tcp://127"),
    ],
)
def test_a_job_that_always_crashes_is_a_failed_row_after_three_tries(
    ask, plugin_file, method: str, reason: str
) -> None:
    plugin = plugin_file(CRASHES, "crashes.py")
    request = ask(method, "l2-1nn", "odd[does=nan]", "odd[does=crash in fit]")
    told = run_on("dask", replace(request, plugins=(*request.plugins, plugin)))
    assert len(plugin.with_name("crashes.py.tries").read_text().split()) == 3
    failed = {str(r.identity.choice): r.reason for r in told.results if isinstance(r, Failure)}
    assert re.fullmatch(f"{reason}.*", failed.pop(method))
    # told by the methods' own processes, which are no crashes
    assert "NaN" in failed["odd[does=nan]"]
    assert re.fullmatch(r"RuntimeError: no such luck \(.*\)", failed["odd[does=crash in fit]"])
    if method == "crashes":  # else they may have begun on the worker that it takes along
        assert len(told.started) == 3 + 3
    assert [r.identity.method for r in told.results if isinstance(r, Record)] == ["l2-1nn"]


def test_jobs_that_a_dead_worker_had_not_begun_are_not_blamed_for_it(
    tmp_path: Path, tests_cache: Path, ask, plugin_file
) -> None:
    plugin = plugin_file(CRASHES, "crashes.py")
    request = ask("crashes[takes=worker]", "l2-1nn", "odd")
    request = replace(request, plugins=(*request.plugins, plugin))
    cluster = Cluster(tmp_path, allowed_failures=0)  # blames all that a worker had, at once

    def another(event: Event) -> None:
        if isinstance(event, Started) and event.choice.name == "crashes":
            cluster.start_worker()

    try:
        cluster.add_worker()
        told = run_on(cluster.engine, request, another)
    finally:
        cluster.close()
    tries = [started for started in told.started if started.choice.name == "crashes"]
    assert len(tries) == 3
    failed = [each.identity.method for each in told.results if isinstance(each, Failure)]
    assert failed == ["crashes"] and len(told.results) == 3


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(
    ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.errors import RecordError

    request = ask("l2-1nn", "odd[wait=0.3]")
    real, written = os.fsync, threading.Event()

    def full(handle: int) -> None:
        if written.is_set():
            raise OSError(28, "No space left on device")
        written.set()
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(RecordError, match=r"cannot write .*: No space left.*same command"):
            run_on("dask", request)
    assert len(records_in(request.results)) == 1
    assert not list(request.results.rglob("*.tmp"))
    told = run_on("dask", request)
    assert len(told.results) == 1
    assert len(records_in(request.results)) == 2


def with_version(folder: Path, version: str) -> str:
    """A search path of modules on which the harness says that it is of another version."""
    about = folder / f"oneshot_harness-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: oneshot-harness\nVersion: {version}\n"
    )
    return os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))


def test_a_worker_of_another_version_is_refused_by_name(
    cluster: Cluster, ask, tmp_path: Path
) -> None:
    cluster.start_worker()
    cluster.add_worker(changed={"PYTHONPATH": with_version(tmp_path / "other", "9.9.9")})
    message = r"worker 127.0.0.1:\d+: oneshot-harness there is 9.9.9, and [\d.]+ here; install"
    with pytest.raises(EngineError, match=message):
        run_on(cluster.engine, ask("l2-1nn"))
    assert not records_in(ask("l2-1nn").results)


def test_a_worker_of_another_version_that_joins_late_ends_the_run(
    cluster: Cluster, ask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.add_worker()
    request = ask("l2-1nn", resources=Resources(gpu=1))
    with ThreadPoolExecutor() as background:
        waiting = background.submit(run_on, cluster.engine, request)
        until(lambda: caplog.messages, "the job waits")
        other = {"PYTHONPATH": with_version(tmp_path / "other", "9.9.9")}
        cluster.add_worker("--resources", "gpu=1", changed=other)
        with pytest.raises(EngineError, match=r"worker 127.0.0.1:\d+: .* 9.9.9, and .* here"):
            waiting.result(60)
    assert not list(read_all(request.results))


def test_a_worker_without_a_method_is_refused_by_name(
    two_workers: Cluster, ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    about = package / "elsewhere-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[oneshot.methods]\nelsewhere = elsewhere\n")
    (package / "elsewhere.py").write_text(
        "from harness import MethodSpec, from_embedding, hookimpl\n\n\n@hookimpl\n"
        "def oneshot_method():\n"
        "    return MethodSpec(name='elsewhere', build=lambda s: from_embedding(lambda i: i))\n"
    )
    monkeypatch.syspath_prepend(package)
    with pytest.raises(EngineError, match=r"worker 127.*: no method is called elsewhere; .*known:"):
        run_on(two_workers.engine, ask("elsewhere"))


def test_a_worker_with_other_code_of_a_method_is_refused_by_name(
    two_workers: Cluster, ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask("odd")
    real = Path.read_bytes
    changed = lambda path: real(path) + (b"NEW = 1\n" if path == request.plugins[0] else b"")  # noqa: E731
    monkeypatch.setattr(Path, "read_bytes", changed)
    with pytest.raises(EngineError, match=r"worker 127.*: the method odd there has other code"):
        run_on(two_workers.engine, request)
