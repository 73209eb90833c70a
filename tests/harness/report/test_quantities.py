from __future__ import annotations

import pytest

from harness.report import quantities
from harness.statistics.accuracy import Accuracy


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(57.44, 65.06, "61.25 (57.4 to 65.1)"), (None, None, "61.25")],
)
def test_percent(low: float | None, high: float | None, text: str) -> None:
    accuracy = Accuracy(mean=61.25, low=low, high=high, n_seeds=1, n_queries=400)
    assert quantities.percent(accuracy) == text
    assert quantities.percent(None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.7e-6, "1.70 µs"),
        (0.0009996, "1.00 ms"),
        (0.0138, "13.8 ms"),
        (0.9996, "1.00 s"),
        (119.0, "119 s"),
        (480, "8.00 min"),
        (7200, "2.00 h"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert quantities.duration(seconds) == text


def test_an_empty_fit_is_no_training() -> None:
    assert quantities.training(2e-6) == "none"
    assert quantities.training(0.5) == "500 ms"


def test_memory_and_count() -> None:
    assert quantities.memory(96_400_000) == "96 MB"
    assert quantities.memory(1_234_000_000) == "1.23 GB"
    assert quantities.memory(0) == ""
    assert (quantities.count(38951745), quantities.count(None)) == ("38,951,745", "")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((5,), "5"),
        ((5, 6), "5 and 6"),
        ((5, 6, 7), "5 to 7"),
        ((5, 20, 40), "5, 20 and 40"),
        (tuple(range(2, 60, 3)), "2 to 59 (20 of them)"),
    ],
)
def test_ways(numbers: tuple[int, ...], text: str) -> None:
    assert quantities.ways(numbers) == text
