"""A job process: started, read from, timed out, and killed together with all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from harness.protocol.task import Task
from harness.records.record import Failure, Record
from harness.running.events import Ended, Event, from_line
from harness.running.job import Job
from harness.running.machine import environment

LOG_TAIL = 4000
"""Characters at the end of a failed job's log that its failure keeps."""

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
"""The variables that tell numerical libraries how many threads they may use."""
Notify = Callable[[Event], None]


def shared_threads(n_jobs: int) -> int | None:
    """Return how many threads each of ``n_jobs`` jobs at a time gets; None for a single job.

    A single job uses as many as the environment says. The number is the same here and on a
    cluster of this machine: the key of a kept model holds it.
    """
    return max(1, (os.cpu_count() or 1) // n_jobs) if n_jobs > 1 else None


def job_environment(job: Job, threads: int | None) -> dict[str, str]:
    """Return the environment variables of a job's process: fixed hashing, and its threads.

    Args:
        job: what it runs. The cores that it requests decide, then ``OMP_NUM_THREADS``.
        threads: for a job that requests no number of cores; None to leave the variables alone.
    """
    child = dict(os.environ, PYTHONHASHSEED="0")
    # TensorFlow does not read the variable that all others read
    shared = child.get("OMP_NUM_THREADS", threads)
    for variable in THREADS:
        if job.resources.cpus is not None:
            child[variable] = str(job.resources.cpus)
        elif shared is not None:
            child.setdefault(variable, str(shared))
    return child


@dataclass(frozen=True, kw_only=True)
class IncompleteJob:
    """A job that did not answer all of its tasks.

    Attributes:
        tasks: the tasks without a result.
        reason: why, in one line.
        details: the end of its log.
        final: whether another try would end in the same way: the job process gave the reason
            itself, or was stopped after the timeout.
    """

    tasks: tuple[Task, ...]
    reason: str
    details: str
    final: bool = False

    def failures(self, job: Job, addition: str = "") -> list[Failure]:
        """Return a failure for each of these tasks; ``addition`` is added to the reason."""
        return [
            Failure(
                identity=job.identity(task),
                reason=self.reason + addition,
                details=self.details,
                environment=environment(),
            )
            for task in self.tasks
        ]


class JobProcesses:
    """Runs jobs, each in a process of its own, and can kill all that are alive.

    Args:
        timeout: seconds that one job may take; None for no limit.
        threads: for a job that requests no number of cores; None for what the environment says.

    Attributes:
        stopped: whether ``kill_all`` was called.
    """

    def __init__(self, timeout: float | None = None, threads: int | None = None) -> None:
        self.stopped = False
        self._timeout, self._threads = timeout, threads
        self._alive: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()

    def run(self, job: Job, notify: Notify) -> IncompleteJob | None:
        """Run a job to its end; ``notify`` is called with each event.

        Returns:
            Why the job did not answer all of its tasks; None if it did, or if ``kill_all`` stopped
            it.
        """
        waiting = list(job.tasks)
        with TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
            process = self._start(job, log)
            timeout = _Timeout(process)
            timer = threading.Timer(self._timeout or 0, timeout)
            if self._timeout is not None:
                timer.start()
            try:
                reason = _converse(process, job, notify, waiting)
            finally:
                timer.cancel()
                self._finish(process)
            if self.stopped or not waiting:
                return None
            final = timeout.killed or reason is not None
            if timeout.killed:
                reason = f"timed out after {self._timeout:g} seconds; --timeout gives more"
            return IncompleteJob(
                tasks=tuple(waiting),
                reason=reason or _cause_of_death(process.returncode),
                details=_tail(log),
                final=final,
            )

    def kill_all(self) -> None:
        """Kill all job processes, and each one that is started from now on."""
        with self._lock:
            self.stopped = True
            for process in self._alive:
                _kill(process)

    def _start(self, job: Job, log: IO[str]) -> subprocess.Popen[str]:
        with self._lock:
            process = subprocess.Popen(
                # -P: the current folder is no place to import from
                [sys.executable, "-P", "-m", "harness.running.job_main"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                env=job_environment(job, self._threads),
                start_new_session=True,  # Ctrl-C reaches the parent alone, which then decides
            )
            self._alive.add(process)
            if self.stopped:
                _kill(process)
            return process

    def _finish(self, process: subprocess.Popen[str]) -> None:
        _kill(process)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        with self._lock:
            self._alive.discard(process)


class _Timeout:
    """Kills a process when it is called, and says so in ``killed``."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.killed = False
        self._process = process

    def __call__(self) -> None:
        self.killed = True
        _kill(self._process)


def _converse(
    process: subprocess.Popen[str], job: Job, notify: Notify, waiting: list[Task]
) -> str | None:
    """Send the job, pass its events on, and return the reason that it gives for failing, if any.

    Args:
        process: the job process.
        job: the job.
        notify: called with each event.
        waiting: the tasks without a result; each result takes the first one away.
    """
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
        if isinstance(event, Ended):  # threads of the method may go on
            return event.reason
        if isinstance(event, Record | Failure):
            waiting.pop(0)
        notify(event)
    process.wait()
    return None


def _cause_of_death(returncode: int | None) -> str:
    """Return how a process ended that gave no reason itself."""
    if returncode == -signal.SIGKILL:
        return "killed by signal 9, as the system does when memory runs out"
    if returncode is not None and returncode < 0:
        return f"killed by signal {-returncode} ({signal.Signals(-returncode).name})"
    return f"ended with exit status {returncode} before it had answered"


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill a job process and all that it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _tail(log: IO[str]) -> str:
    log.seek(0)
    return log.read()[-LOG_TAIL:]
