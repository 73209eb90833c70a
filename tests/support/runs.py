"""Runs of a request: here, or through the command line."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from harness.records.record import Failure, Record
from harness.running.engine import LocalEngine
from harness.running.events import Event, Result
from harness.running.plan import plan
from harness.running.request import Request
from harness.running.run import run


def results_of(request: Request, n_jobs: int = 1, timeout: float | None = 60) -> list[Result]:
    told: list[Event] = []
    run(plan(request), LocalEngine(n_jobs, timeout), request.results, told.append)
    return [event for event in told if isinstance(event, Record | Failure)]


def start(request: Request, *more: str) -> subprocess.Popen[str]:
    """Start the same request through the command line."""
    command = [sys.executable, "-m", "harness", "run", "--data", request.data]
    command += [part for method in request.methods for part in ("-m", method)]
    command += [part for task in request.tasks for part in ("-t", task)]
    command += ["--episodes", str(request.n_episodes), "--results", str(request.results)]
    command += [part for plugin in request.plugins for part in ("--plugin", str(plugin))]
    return subprocess.Popen(
        [*command, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_a_record(results: Path) -> None:
    until = time.monotonic() + 60
    while not list((results / "records").rglob("seed-0.json")):
        assert time.monotonic() < until, "no record came"
        time.sleep(0.02)
