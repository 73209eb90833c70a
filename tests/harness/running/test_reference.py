from __future__ import annotations

from statistics import median
from time import perf_counter

import pytest

from harness.running.machine import peak_memory
from harness.running.reference import Meter, Workload


@pytest.mark.alone
def test_it_times_one_run_of_the_workload() -> None:
    meter = Meter()
    meter.sample()
    measured = meter.reference
    work, taken = Workload(), []
    for _ in range(6):
        started = perf_counter()
        work.run()
        taken.append(perf_counter() - started)
    assert measured.seconds / 5 < median(taken) < measured.seconds * 5  # on a busy machine
    assert 10e6 < measured.memory <= peak_memory()


def test_it_adds_little_to_a_job() -> None:
    """Both the workload and its arrays: a job of milliseconds must not drown in it."""
    work = Workload()
    n_bytes = sum(array.nbytes for array in vars(work).values())
    assert n_bytes < 4e6
