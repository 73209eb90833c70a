"""Many jobs on a cluster of this machine, and many records in one folder: minutes, so by name.

``make bench SELECT=scale``
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest

from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.protocol.task import parse_tasks
from harness.records.record import Record
from harness.running.cluster.address import Address
from harness.running.cluster.engine import DaskEngine
from harness.running.events import Event, Started
from harness.running.plan import plan
from harness.running.recorded import Manifests
from harness.running.request import Request
from harness.running.run import run
from tests.benchmarks.many_records import METHODS, N_SEEDS, N_SETTINGS, N_TASKS, TASKS, make

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

METHOD = """
from dataclasses import dataclass
from harness import MethodSpec, from_embedding, hookimpl


@dataclass(frozen=True, kw_only=True)
class Settings:
    width: int = 0


@hookimpl
def oneshot_method():
    return MethodSpec(
        name="%s", build=lambda s: from_embedding(lambda i: i), settings=Settings, seeded=True
    )
"""

DATASET = """
from dataclasses import replace
from harness import DatasetSpec, hookimpl
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins


@hookimpl
def oneshot_dataset():
    sketch = lambda argument: replace(load_dataset("sketch", Plugins()), name="made")
    return DatasetSpec(name="made", load=sketch)
"""

COMMAND = """
import sys
from harness.commands.cli import main
from harness.running.machine import peak_memory

try:
    main()
finally:
    print(peak_memory(), file=sys.stderr)
"""
"""``oneshot``, which at its end says how much memory it held: what the system tells a parent of it
begins at the parent's own."""


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
    engine = DaskEngine(Address(text="dask"), n_workers)
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


@dataclass(frozen=True, kw_only=True)
class Store:
    """A results folder of many records, and the plugins that its methods and dataset come from."""

    results: Path
    plugins: tuple[Path, ...]

    def dry_run(self, suite: Path) -> Usage:
        """Measure a dry run, all of which is recorded."""
        plugins = (part for file in self.plugins for part in ("--plugin", file))
        usage = measured("run", suite, "--dry-run", "--results", self.results, *plugins)
        assert " 0 to measure " in usage.output
        return usage


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, tests_cache: Path) -> Store:
    folder = tmp_path_factory.mktemp("many")
    files = []
    for name, text in (("made", DATASET), *((name, METHOD % name) for name in METHODS)):
        files.append(folder / f"{name.replace('-', '_')}.py")
        files[-1].write_text(text)
    plugins = Plugins(tuple(files))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_CACHE", str(tests_cache))
        # drawn once for all commands, and not what is measured
        manifests = Manifests(load_dataset("made", plugins), plugins, None)
    make(
        folder / "results",
        N_RECORDS,
        {name: plugins.source("method", name) for name in METHODS},
        {name: manifests.of(task) for name in TASKS for task in parse_tasks(name, ["across"])},
    )
    return Store(results=folder / "results", plugins=tuple(files))


@pytest.mark.timeout(1200)
def test_a_store_of_many_records(benchmark, ratios, many: Store, tmp_path: Path) -> None:
    report = measured("report", "--results", many.results, "--quiet")
    name = f"report of {N_RECORDS} records"
    ratios.add(f"{name}: by the clock", report.seconds, "<= 60", report.seconds <= 60, "s")
    ratios.add(f"{name}: of a processor", report.processor_seconds, "", True, "s")
    ratios.add(f"{name}: at most", report.megabytes, "<= 1000", report.megabytes <= 1000, "MB")
    seconds = measured("list").seconds
    ratios.add("list", seconds, "<= 5", seconds <= 5, "s")
    seconds = measured("run", "quick", "--dry-run", "--results", many.results).seconds
    ratios.add("run quick --dry-run beside them", seconds, "<= 5", seconds <= 5, "s")
    for n_methods, n_seeds in ((1, 10), (1, N_SEEDS), (len(METHODS), N_SEEDS)):
        suite = tmp_path / "asked.toml"
        suite.write_text(asking(METHODS[:n_methods], n_seeds))
        dry = many.dry_run(suite)
        name = f"run --dry-run of {n_methods * N_SETTINGS * N_TASKS * n_seeds} of them"
        ratios.add(f"{name}: by the clock", dry.seconds, "<= 5", dry.seconds <= 5, "s")
        ratios.add(f"{name}: of a processor", dry.processor_seconds, "", True, "s")
    benchmark.pedantic(lambda: None, rounds=1)


def asking(methods: Sequence[str], n_seeds: int) -> str:
    """Return a suite's file that asks for these methods in all of their settings."""
    widths = (f"[width={number}]" if number else "" for number in range(N_SETTINGS))
    lists = {
        "methods": [method + width for width in widths for method in methods],
        "tasks": list(TASKS),
        "seeds": list(range(n_seeds)),
    }
    return 'data = "made"\n' + "".join(f"{key} = {json.dumps(lists[key])}\n" for key in lists)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a command took; other work on the machine shows in its seconds alone."""

    seconds: float
    processor_seconds: float
    megabytes: float
    output: str


def measured(*words: object) -> Usage:
    """Run a command, and return what it took and printed."""
    started, before = perf_counter(), os.times()
    ended = subprocess.run(
        [sys.executable, "-c", COMMAND, *map(str, words)],
        capture_output=True,
        text=True,
        check=True,
    )
    after = os.times()
    return Usage(
        seconds=perf_counter() - started,
        processor_seconds=after.children_user
        + after.children_system
        - before.children_user
        - before.children_system,
        megabytes=int(ended.stderr.split()[-1]) / 1e6,
        output=ended.stdout,
    )
