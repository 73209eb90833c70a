"""Benchmarks compare two things in one run; what counts is their ratio, never the seconds."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import pytest


@dataclass
class Ratios:
    """Ratios measured so far, each with its budget and whether it was met."""

    lines: list[str] = field(default_factory=list)

    def add(self, what: str, value: float, budget: str, met: bool, unit: str = "x") -> None:
        verdict = "met" if met else "MISSED"
        self.lines.append(f"{what:<60} {value:8.2f} {unit}   {budget:<10} {verdict}")

    def tell(self, what: str, value: float) -> None:
        """Add a ratio to the reference workload, which has no budget."""
        self.lines.append(f"{what:<60} {value:8.1f} x   of the reference workload")


_RATIOS = Ratios()


@pytest.fixture
def ratios() -> Ratios:
    """Where a benchmark reports its ratio."""
    return _RATIOS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _RATIOS.lines:
        terminalreporter.write_sep("=", "ratios, measured side by side in this run")
        for line in _RATIOS.lines:
            terminalreporter.write_line(line)


@pytest.fixture
def side_by_side(benchmark) -> Callable[..., float]:
    """A function that times two calls in turn and returns the median of first over second.

    The second is what pytest-benchmark's own table shows.
    """

    def measure(
        first: Callable[[], object], second: Callable[[], object], rounds: int = 5
    ) -> float:
        pairs = []

        def pair() -> None:
            started = perf_counter()
            second()
            between = perf_counter()
            first()
            pairs.append((perf_counter() - between) / (between - started))

        pair()  # warms both up
        pairs.clear()
        for _ in range(rounds - 1):
            pair()
        benchmark.pedantic(second, setup=lambda: first() and None, rounds=1)
        return statistics.median(pairs)

    return measure
