"""Many jobs on a cluster of this machine, and many records in one folder: minutes, so by name.

``make bench SELECT=scale``
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest

from harness.cluster.engine import DaskEngine
from harness.cluster.place import Place
from harness.datasets import load_dataset
from harness.events import Event, Started
from harness.plugins import Plugins
from harness.records import Record
from harness.run import Request, plan, run
from tests.benchmarks.many_records import N_SEEDS, make

N_JOBS, N_RECORDS = 200, 100_000
COST_SECONDS = 0.5

COSTS = """
import time
import numpy as np
from harness import MethodSpec, hookimpl


class Costs:
    def score(self, episodes):
        time.sleep(%s)
        return np.zeros((len(episodes), episodes.n_query, episodes.n_way))


@hookimpl
def oneshot_method():
    return MethodSpec(name="costs", build=lambda settings: Costs(), seeded=True)
"""

MADE = """
from dataclasses import dataclass, replace
from harness import DatasetSpec, MethodSpec, from_embedding, hookimpl
from harness.datasets import load_dataset
from harness.plugins import Plugins


@dataclass(frozen=True, kw_only=True)
class Settings:
    width: int = 0


@hookimpl
def oneshot_method():
    return MethodSpec(
        name="method-3", build=lambda s: from_embedding(lambda i: i), settings=Settings, seeded=True
    )


@hookimpl
def oneshot_dataset():
    sketch = lambda argument: replace(load_dataset("sketch", Plugins()), name="made")
    return DatasetSpec(name="made", load=sketch)
"""


@pytest.fixture(autouse=True)
def only_by_name(request: pytest.FixtureRequest) -> None:
    if "scale" not in request.config.getoption("keyword"):
        pytest.skip("takes minutes; ask for it by name: make bench SELECT=scale")


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("n_workers", [1, 2, 4])
def test_jobs_of_known_cost(
    benchmark, ratios, tmp_path: Path, plugin_file: Callable[[str], Path], n_workers: int
) -> None:
    asked = Request(
        data="sketch",
        methods=("costs",),
        tasks=("across-5w1s",),
        seeds=tuple(range(N_JOBS)),
        n_episodes=10,
        results=tmp_path / "results",
        plugins=(plugin_file(COSTS % COST_SECONDS),),
        elsewhere=True,
    )
    todo = plan(asked)
    engine = DaskEngine(Place(text="dask"), n_workers)
    began, told = [], []

    def notify(event: Event) -> None:
        if isinstance(event, Started):
            began.append(perf_counter())
        elif isinstance(event, Record):
            told.append(perf_counter())

    before = moved()
    benchmark.pedantic(lambda: run(todo, engine, asked.results, notify), rounds=1)
    n_bytes = moved() - before
    assert len(told) == N_JOBS
    seconds = told[-1] - began[0]
    idle = 1 - engine.process_seconds / (n_workers * seconds)
    overhead = 1000 * (n_workers * seconds - engine.process_seconds) / N_JOBS
    name = f"{N_JOBS} jobs of {COST_SECONDS} s, {n_workers} workers"
    start = engine.process_seconds / N_JOBS - COST_SECONDS
    ratios.add(f"{name}: in all", seconds, "", True, "s")
    ratios.add(f"{name}: start of each process", start, "", True, "s")
    ratios.add(f"{name}: idle", 100 * idle, "", True, "%")
    ratios.add(f"{name}: more for each job", overhead, "<= 50", overhead <= 50, "ms")
    ratios.add(f"{name}: moved for each job", n_bytes / N_JOBS / 1000, "", True, "kB")


def moved() -> int:
    """Bytes that this machine has sent to itself so far."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            return int(counts.split()[0])
    pytest.skip("no /proc/net/dev here")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = tmp_path_factory.mktemp("many")
    make(results, N_RECORDS)
    return results


@pytest.mark.timeout(1200)
def test_a_store_of_many_records(
    benchmark, ratios, many: Path, tests_cache: Path, plugin_file: Callable[[str], Path]
) -> None:
    report = measured("report", "--results", many, "--quiet")
    name = f"report of {N_RECORDS} records"
    ratios.add(f"{name}: by the clock", report.seconds, "<= 60", report.seconds <= 60, "s")
    ratios.add(f"{name}: of a processor", report.processor_seconds, "", True, "s")
    ratios.add(f"{name}: at most", report.megabytes, "<= 1000", report.megabytes <= 1000, "MB")
    seconds = measured("list").seconds
    ratios.add("list", seconds, "<= 5", seconds <= 5, "s")
    load_dataset("sketch", Plugins())  # drawn once, and not what is measured
    seconds = measured("run", "quick", "--dry-run", "--results", many).seconds
    ratios.add("run quick --dry-run beside them", seconds, "<= 5", seconds <= 5, "s")
    tasks = [part for n in range(2, 12, 2) for part in ("-t", f"across-{n}w1s")]
    asked = ["-m", "method-3", "-m", "method-3[width=1]", "--seeds", f"0-{N_SEEDS - 1}"]
    more = ["--plugin", plugin_file(MADE), "--dry-run", "--results", many]
    seconds = measured("run", *asked, *tasks, "--data", "made", *more).seconds
    ratios.add("run --dry-run of 1,000 of them", seconds, "<= 5", seconds <= 5, "s")
    benchmark.pedantic(lambda: None, rounds=1)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a command took; other work on the machine shows in its seconds alone."""

    seconds: float
    processor_seconds: float
    megabytes: float


def measured(*words: object) -> Usage:
    """Run a command, and return what it took."""
    oneshot = shutil.which("oneshot", path=os.path.dirname(sys.executable))
    assert oneshot is not None
    started = perf_counter()
    process = subprocess.Popen([oneshot, *map(str, words)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Usage(
        seconds=perf_counter() - started,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1000,
    )
