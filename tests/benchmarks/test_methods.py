"""Every registered method: a step of its training, and scoring, beside the reference workload."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter

import pytest

from harness.plugins.registry import Plugins

METHODS = sorted(Plugins().listed("method"))
REFERENCES = 3
"""Runs of the reference workload before each round."""
WARM = 2
"""Steps that are not timed: the first ones compile and allocate, and the last one validates."""


class Worker:
    """A method's process, told what to do line by line."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.references: list[float] = []
        self._log = TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("method_process.py")), method],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.n_steps = int(self._answer())

    def do(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._answer() == "done"

    def reference(self) -> None:
        for _ in range(REFERENCES):
            started = perf_counter()
            self.do("reference")
            self.references.append(perf_counter() - started)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            last = self._log.read()[-2000:]
            self.close()
            pytest.fail(f"the process of {self.method} ended:\n{last}")
        return line.strip()


@pytest.fixture(params=METHODS)
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    started = Worker(request.param)
    yield started
    started.close()


@pytest.fixture
def time_of(benchmark, worker: Worker) -> Callable[[str, int], float]:
    """A function that times a piece of work, after a run of the reference in each round."""

    def measure(what: str, rounds: int) -> float:
        worker.reference()  # warms it up
        worker.references.clear()
        benchmark.pedantic(worker.do, args=(what,), setup=worker.reference, rounds=rounds)
        reference = median(worker.references)
        ratio = benchmark.stats.stats.median / reference
        benchmark.extra_info.update(
            method=worker.method, work=what, reference_seconds=reference, ratio=ratio
        )
        return ratio

    return measure


@pytest.mark.benchmark(group="methods, training: one step, or the whole fit where it has none")
def test_training(worker: Worker, time_of: Callable[[str, int], float], ratios) -> None:
    if not worker.n_steps:
        pytest.skip(f"{worker.method} learns nothing")
    by_step = worker.n_steps > 1
    for _ in range(WARM if by_step else 0):
        worker.do("step")
    ratio = time_of("step", worker.n_steps - WARM - 1 if by_step else 1)
    ratios.tell(f"{worker.method}: {'one step' if by_step else 'the fit'}", ratio)


@pytest.mark.benchmark(group="methods, scoring: 10 episodes of 20 ways, every image embedded")
def test_scoring(worker: Worker, time_of: Callable[[str, int], float], ratios) -> None:
    for _ in range(worker.n_steps):
        worker.do("step")
    worker.do("score")
    ratios.tell(f"{worker.method}: scoring 10 episodes", time_of("score", 3))
