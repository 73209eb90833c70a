"""A run: jobs on an engine, and their results written as soon as they exist."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from harness.errors import RecordError
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Record
from harness.records.store import write, write_curve
from harness.running.engine import Engine
from harness.running.events import Event
from harness.running.job_process import Notify
from harness.running.plan import Plan


def run(plan: Plan, engine: Engine, results: Path, notify: Notify) -> None:
    """Run the jobs, write each result as soon as it exists, and notify of every event.

    A job that fails costs its own results and nothing else. On KeyboardInterrupt the finished
    records stay, and no file is left half-written.

    Raises:
        RecordError: a record cannot be written, as on a full disk; the other jobs are stopped.
        EngineError: the jobs cannot run where they should, or their cluster was lost.
    """
    if not plan.jobs:
        return
    with closing(engine.run(plan.jobs)) as events:
        for event in events:
            _write(event, results)
            notify(event)


def _write(event: Event, results: Path) -> None:
    try:
        match event:
            case LearningCurve():
                write_curve(event, results)
            case Record() | Failure():
                write(event, results)
    except OSError as failure:
        raise RecordError(
            f"cannot write {failure.filename or results}: {failure.strerror or failure}; make "
            "room there, and run the same command again: finished records are kept"
        ) from failure
