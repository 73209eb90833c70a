from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.errors import UsageError
from harness.running.engine import LocalEngine, events_of
from harness.running.events import Kept
from harness.running.job import Job
from harness.running.job_process import (
    JobProcesses,
    Notify,
)
from harness.running.resources import Resources
from tests.support.jobs import FIVE, job


def test_a_card_that_this_machine_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = replace(job("l2-1nn", FIVE), resources=Resources(gpu=1))
    monkeypatch.setattr("harness.running.engine.graphics_card", lambda: None)
    with pytest.raises(UsageError, match="gpu=1, and this machine has no NVIDIA card"):
        next(LocalEngine().run([requests]))


def test_a_card_that_this_machine_has_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = replace(job("l2-1nn", FIVE), resources=Resources(gpu=1))
    monkeypatch.setattr("harness.running.engine.graphics_card", lambda: "a card")
    monkeypatch.setattr(JobProcesses, "run", lambda self, job, notify: notify(Kept(key="k")))
    assert list(LocalEngine().run([requests])) == [Kept(key="k")]


def test_events_are_yielded_in_order_and_an_error_after_them() -> None:
    def work(notify: Callable[[int], None]) -> None:
        notify(1)
        notify(2)
        raise ValueError("no such luck")

    events = events_of(work)
    assert [next(events), next(events)] == [1, 2]
    with pytest.raises(ValueError, match="no such luck"):
        next(events)


def test_closing_the_events_kills_the_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second job is never started, and the first ends because it is killed."""
    killed, begun = threading.Event(), []

    def run(self: JobProcesses, job: Job, notify: Notify) -> None:
        begun.append(job.seed)
        notify(Kept(key="k"))
        assert killed.wait(10)

    monkeypatch.setattr(JobProcesses, "run", run)
    monkeypatch.setattr(JobProcesses, "kill_all", lambda self: killed.set())
    events = LocalEngine(1).run([job("l2-1nn", FIVE, seed=seed) for seed in (0, 1)])
    assert next(events) == Kept(key="k")
    events.close()
    assert begun == [0]
