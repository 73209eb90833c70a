"""Where jobs run: each in a process of its own, several at a time on this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO

from harness.events import Ended, Event, from_line
from harness.job import Job
from harness.machine import environment
from harness.records import Failure, Record
from harness.task import Task

LOG_TAIL = 4000
"""Characters of a failed job's last words that its failure keeps."""

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
"""What numerical libraries read to learn how many threads they may use."""
Notify = Callable[[Event], None]


class LocalEngine:
    """Runs jobs in child processes.

    Args:
        n_jobs: how many at a time; each gets its share of the cores.
        timeout: seconds that one job may take; None for as long as it likes.
    """

    def __init__(self, n_jobs: int = 1, timeout: float | None = None) -> None:
        self._timeout = timeout
        self._threads = max(1, (os.cpu_count() or 1) // n_jobs) if n_jobs > 1 else None
        self._pool = ThreadPoolExecutor(max_workers=n_jobs)
        self._running = _Running()

    def submit(self, job: Job, notify: Notify) -> Future[None]:
        """Start a job when its turn comes; ``notify`` is called with each event, in a thread.

        Every task of the job ends in exactly one result: a record, or a failure that says why.
        """
        return self._pool.submit(self._run, job, notify)

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for the jobs; after an error, or Ctrl-C, kill those that run and drop the rest."""
        if kind is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._running.kill_all()
        self._pool.shutdown(wait=True)

    def _run(self, job: Job, notify: Notify) -> None:
        waiting = list(job.tasks)
        with TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
            process = self._running.start(self._environment(), log)
            overdue = _Overdue(process)
            timer = threading.Timer(self._timeout or 0, overdue)
            if self._timeout is not None:
                timer.start()
            try:
                reason = _converse(process, job, notify, waiting)
            finally:
                timer.cancel()
                self._running.finish(process)
            if self._running.stopped:
                return
            if overdue.told:
                reason = f"timed out after {self._timeout:g} seconds; --timeout gives more"
            for task in waiting:
                failure = Failure(
                    identity=job.identity(task),
                    synthetic=job.synthetic,
                    reason=reason or _cause_of_death(process.returncode),
                    details=_tail(log),
                    environment=environment(),
                )
                notify(failure)

    def _environment(self) -> dict[str, str]:
        """Return the child's environment: fixed hashing, and its share of the cores."""
        child = dict(os.environ, PYTHONHASHSEED="0")
        if self._threads is not None:
            for variable in THREADS:
                child.setdefault(variable, str(self._threads))
        return child


@dataclass
class _Running:
    """The processes that are alive, so that they can be killed together."""

    stopped: bool = False
    _processes: set[subprocess.Popen[str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, environ: dict[str, str], log: IO[str]) -> subprocess.Popen[str]:
        with self._lock:
            process = subprocess.Popen(
                # -P: the current folder is no place to import from
                [sys.executable, "-P", "-m", "harness.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                env=environ,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which then decides
            )
            self._processes.add(process)
            if self.stopped:
                _kill(process)
            return process

    def finish(self, process: subprocess.Popen[str]) -> None:
        _kill(process)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        with self._lock:
            self._processes.discard(process)

    def kill_all(self) -> None:
        with self._lock:
            self.stopped = True
            for process in self._processes:
                _kill(process)


class _Overdue:
    """Kills a process when it is called, and knows that it was."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.told = False
        self._process = process

    def __call__(self) -> None:
        self.told = True
        _kill(self._process)


def _converse(
    process: subprocess.Popen[str], job: Job, notify: Notify, waiting: list[Task]
) -> str | None:
    """Send the job, pass its results on, and return the reason it gave for failing, if any."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(job.to_json() + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        try:
            event = from_line(line)
        except ValueError:  # killed in the middle of a line
            break
        if isinstance(event, Ended):  # whatever the method's threads may still be doing
            return event.reason
        if isinstance(event, Record | Failure):
            waiting.pop(0)
        notify(event)
    process.wait()
    return None


def _cause_of_death(returncode: int | None) -> str:
    """Say how a process ended that told nothing itself."""
    if returncode == -signal.SIGKILL:
        return "killed by signal 9, as the system does when memory runs out"
    if returncode is not None and returncode < 0:
        return f"killed by signal {-returncode} ({signal.Signals(-returncode).name})"
    return f"ended with exit status {returncode} before it had answered"


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill a job's process and all that it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _tail(log: IO[str]) -> str:
    log.seek(0)
    return log.read()[-LOG_TAIL:]
