from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from harness.records.record import Failure, Record
from harness.running.job_process import THREADS, job_environment, shared_threads
from harness.running.resources import Resources
from tests.support.jobs import FIVE, job
from tests.support.processes import alive, children
from tests.support.runs import results_of, start


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("nan", "odd: score returned NaN in 1 of 40 episodes"),
        ("shape", r"odd: score returned shape \(40, 2\), not \(40, 1, 2\)"),
        ("nothing", "odd: score returned nothing; is a return missing"),
        ("words", "not real numbers"),
        ("crash in fit", r"RuntimeError: no such luck \(my_plugin.py, line \d+\)"),
        ("die", "ended with exit status 7 before it had answered"),
        ("killed", "killed by signal 9"),
    ],
)
def test_a_bad_method_costs_its_own_row_and_no_other(ask, does: str, reason: str) -> None:
    told = results_of(ask(f"odd[does={does}]", "l2-1nn"))
    (failure,) = (result for result in told if isinstance(result, Failure))
    assert failure.identity.method == "odd"

    assert re.search(reason, failure.reason)
    assert "\n" not in failure.reason
    assert [r.identity.method for r in told if isinstance(r, Record)] == ["l2-1nn"]


def test_a_traceback_is_kept_with_the_failure(ask) -> None:
    (failure,) = results_of(ask("odd[does=crash in fit]"))
    assert isinstance(failure, Failure)
    assert "a method may print what it likes" in failure.details
    assert "Traceback" in failure.details


def test_a_hanging_method_is_timed_out(ask) -> None:
    (failure,) = results_of(ask("odd[does=hang]"), timeout=3)
    assert isinstance(failure, Failure)
    assert failure.reason == "timed out after 3 seconds; --timeout gives more"


def test_half_a_line_from_a_killed_job_costs_that_job_alone(ask, monkeypatch) -> None:
    real = subprocess.Popen
    half = [sys.executable, "-c", "print('{\"event\": \"resu', end='', flush=True)"]
    spoiled = []

    def first_is_spoiled(command, **options):
        spoiled.append(command)
        return real(half if len(spoiled) == 1 else command, **options)

    monkeypatch.setattr(subprocess, "Popen", first_is_spoiled)
    told = results_of(ask("odd", "l2-1nn"))
    assert sorted(type(result).__name__ for result in told) == ["Failure", "Record"]


BUSY = """
import threading, time
from harness import MethodSpec, from_embedding, hookimpl

def embed(images):
    threading.Thread(target=time.sleep, args=(99,)).start()
    return images.reshape(len(images), -1)

@hookimpl
def oneshot_method():
    return MethodSpec(name="busy", build=lambda settings: from_embedding(embed))
"""


def test_threads_that_a_method_leaves_hold_nothing_up(ask, plugin_file) -> None:
    request = ask("busy")
    request = replace(request, plugins=(*request.plugins, plugin_file(BUSY, "busy.py")))
    started = time.monotonic()
    (record,) = results_of(request)
    assert isinstance(record, Record)
    assert time.monotonic() - started < 60


def test_a_killed_parent_takes_its_job_along(ask, tmp_path: Path) -> None:
    request = ask("odd[does=hang]", "l2-1nn", tasks=("across-2w1s",))
    process = start(request)
    until = time.monotonic() + 30
    while not (started := children(process.pid)):
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    while any(alive(child) for child in started):
        assert time.monotonic() < until, "the job outlived its parent"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("said", "n_jobs", "cpus", "threads"),
    [
        (None, 1, None, None),
        ("3", 1, None, "3"),
        (None, 2, None, "4"),
        ("3", 2, None, "3"),
        ("3", 2, 5, "5"),
    ],
)
def test_every_library_of_a_job_gets_as_many_threads(
    monkeypatch: pytest.MonkeyPatch,
    said: str | None,
    n_jobs: int,
    cpus: int | None,
    threads: str | None,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    for variable in THREADS:
        monkeypatch.delenv(variable, raising=False)
    if said is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", said)
    asks = replace(job("l2-1nn", FIVE), resources=Resources(cpus=cpus))
    child = job_environment(asks, shared_threads(n_jobs))
    assert {child.get(variable) for variable in THREADS} == {threads}
