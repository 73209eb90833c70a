"""A job's process: started, listened to, timed out, and killed together with all it started."""

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


def shared_threads(n_jobs: int) -> int | None:
    """Return how many threads each of the jobs gets that this machine runs at a time.

    One alone gets what the environment says, which is None here. Wherever a job runs, the number
    is the same: it is part of what a fitted model is kept under.
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
        tasks: those that it left.
        reason: why, in one line.
        details: its last words.
        final: whether another try would end alike: its process told the reason itself, or it was
            cut off for taking too long.
    """

    tasks: tuple[Task, ...]
    reason: str
    details: str
    final: bool = False

    def failures(self, job: Job, addition: str = "") -> list[Failure]:
        """Return a failure for each task that was left; ``addition`` ends the reason."""
        return [
            Failure(
                identity=job.identity(task),
                synthetic=job.synthetic,
                reason=self.reason + addition,
                details=self.details,
                environment=environment(),
            )
            for task in self.tasks
        ]


class JobProcesses:
    """Runs jobs, each in a process of its own, and can kill all that are alive.

    Args:
        timeout: seconds that one job may take; None for as long as it likes.
        threads: that a job may use which asks for no number of cores; None for what the
            environment says.
    """

    def __init__(self, timeout: float | None = None, threads: int | None = None) -> None:
        self.stopped = False
        self._timeout, self._threads = timeout, threads
        self._alive: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()

    def run(self, job: Job, notify: Notify) -> IncompleteJob | None:
        """Run a job to its end; ``notify`` is called with each event.

        Returns:
            What went wrong with the job as a whole; None where nothing did, or where it was killed
            by ``kill_all``.
        """
        waiting = list(job.tasks)
        with TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
            process = self._start(job, log)
            overdue = _Overdue(process)
            timer = threading.Timer(self._timeout or 0, overdue)
            if self._timeout is not None:
                timer.start()
            try:
                reason = _converse(process, job, notify, waiting)
            finally:
                timer.cancel()
                self._finish(process)
            if self.stopped or not waiting:
                return None
            final = overdue.told or reason is not None
            if overdue.told:
                reason = f"timed out after {self._timeout:g} seconds; --timeout gives more"
            return IncompleteJob(
                tasks=tuple(waiting),
                reason=reason or _cause_of_death(process.returncode),
                details=_tail(log),
                final=final,
            )

    def kill_all(self) -> None:
        """Kill what is alive, and whatever is started from now on."""
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
