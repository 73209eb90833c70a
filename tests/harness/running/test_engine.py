from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import UsageError
from harness.running.engine import LocalEngine
from harness.running.job_process import THREADS, JobProcesses, shared_threads
from harness.running.resources import Resources
from tests.support.jobs import FIVE, job


def test_a_card_that_this_machine_has_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = replace(job("l2-1nn", FIVE), resources=Resources(gpu=1))
    monkeypatch.setattr("harness.running.engine.graphics_card", lambda: "a card")
    LocalEngine().prepare([asks])
    monkeypatch.setattr("harness.running.engine.graphics_card", lambda: None)
    with pytest.raises(UsageError, match="gpu=1, and this machine has no NVIDIA card"):
        LocalEngine().prepare([asks])


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
    child = JobProcesses(threads=shared_threads(n_jobs))._environment(asks)
    assert {child.get(variable) for variable in THREADS} == {threads}
