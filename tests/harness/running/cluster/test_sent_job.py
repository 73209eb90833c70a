from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from distributed import Reschedule, Status

from harness.running.cluster import sent_job
from harness.running.cluster.returned import PackedModel
from harness.running.cluster.sent_job import SentJob, killed_when_unwanted, run_sent_job
from harness.running.events import Kept
from tests.support.jobs import FIVE, job


@pytest.mark.parametrize(
    ("status", "state", "killed"),
    [
        (Status.running, "executing", False),
        (Status.paused, "executing", False),
        (Status.closing_gracefully, "executing", False),  # it may be told to go on
        (Status.closing, "executing", True),
        (Status.running, "cancelled", True),
        (Status.running, None, True),
    ],
)
def test_a_job_is_killed_once_nobody_waits_for_it_there(
    status: Status, state: str | None, killed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_job, "WATCH_SECONDS", 0.01)
    tasks = {} if state is None else {"key": SimpleNamespace(state=state)}
    worker = SimpleNamespace(
        status=status, state=SimpleNamespace(tasks=tasks), get_current_task=lambda: "key"
    )
    kills: list[bool] = []
    processes = SimpleNamespace(kill_all=lambda: kills.append(True))
    with killed_when_unwanted(worker, processes):  # type: ignore[arg-type]
        time.sleep(0.1)
    assert kills == [True] * killed


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What stands for a job's process, on a worker that is no real one."""
    worker = SimpleNamespace(
        address="tcp://127.0.0.1:1",
        status=Status.running,
        state=SimpleNamespace(tasks={"key": SimpleNamespace(state="executing")}),
        get_current_task=lambda: "key",
        log_event=lambda topic, line: None,
    )
    process = SimpleNamespace(stopped=False, run=lambda job, notify: None)
    monkeypatch.setattr("distributed.get_worker", lambda: worker)
    monkeypatch.setattr(sent_job, "difference", lambda required: None)
    monkeypatch.setattr(sent_job, "readable_name", lambda wanted: wanted.data)
    monkeypatch.setattr(sent_job, "JobProcesses", lambda timeout, threads: process)
    return process


SENT = SentJob(
    job=job("l2-1nn", FIVE).to_json(),
    required=None,  # type: ignore[arg-type]
    topic="",
    timeout=None,
    threads=None,
    returns_model=True,
)


def test_a_job_that_was_stopped_is_never_taken_for_one_that_ended(
    process: SimpleNamespace,
) -> None:
    process.stopped = True
    with pytest.raises(Reschedule):
        run_sent_job(SENT)


def test_a_model_is_sent_to_another_cache_alone(
    process: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.run = lambda job, notify: notify(Kept(key="l2-1nn-1"))
    model = PackedModel(key="l2-1nn-1", archive=b"")
    monkeypatch.setattr(sent_job, "packed_model", {"l2-1nn-1": model}.get)
    assert run_sent_job(SENT).model == model
    assert run_sent_job(replace(SENT, returns_model=False)).model is None
