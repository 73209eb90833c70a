"""The results and the fitted model that a worker returns, checked before they are kept."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from zipfile import BadZipFile

from harness.errors import CheckpointError, SealError
from harness.learning.model_cache import models_folder
from harness.protocol.task import Task
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Record
from harness.running.cluster.archive import pack, unpack
from harness.running.events import Event, from_line
from harness.running.job import Job
from harness.running.job_process import IncompleteJob
from harness.storage.sealed import UNFINISHED, unseal

log = logging.getLogger("oneshot")


@dataclass(frozen=True, kw_only=True)
class PackedModel:
    """A fitted model as a worker returns it.

    Attributes:
        key: its key in the cache.
        archive: its sealed folder.
    """

    key: str
    archive: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What a worker returns of a job.

    Attributes:
        lines: its results and learning curve, as ``harness.running.events`` spells them.
        model: the model that it fitted and kept; None without one.
        seconds: from the start of the job process to its end.
    """

    lines: tuple[str, ...] = field(repr=False)
    model: PackedModel | None
    seconds: float


class Crash(Exception):
    """A job whose process died on a worker, and which may succeed on another try."""

    def __init__(self, returned: Returned, incomplete: IncompleteJob) -> None:
        super().__init__(returned, incomplete)
        self.returned, self.incomplete = returned, incomplete

    def __str__(self) -> str:  # Dask cuts long messages
        return self.incomplete.reason


def packed_model(key: str) -> PackedModel | None:
    """Return the model that this machine's cache holds under ``key``; None if it is gone."""
    folder = models_folder() / key
    try:
        return PackedModel(key=key, archive=pack(folder)) if folder.is_dir() else None
    except OSError:  # the results count without it
        return None


def keep_model(model: PackedModel, *, replace: bool = False) -> None:
    """Put a returned model into this machine's cache, unless a sound one is there.

    Args:
        model: the model.
        replace: whether to replace a sound one too.

    Raises:
        CheckpointError: it arrived damaged, or its key is not one of a model.
        OSError: the cache cannot be written.
    """
    if not re.fullmatch(r"\w[\w.-]*", model.key, re.ASCII):
        raise CheckpointError(
            f"a worker returned a fitted model as {model.key!r}, which is no key of a model"
        )
    final = models_folder() / model.key
    if not replace and _is_sound(final):
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    own = Path(mkdtemp(prefix=UNFINISHED, dir=final.parent))
    try:
        unpack(model.archive, own / "new")
        unseal(own / "new")
        with suppress(FileNotFoundError):
            final.rename(own / "old")
        (own / "new").rename(final)
    except (SealError, BadZipFile) as damage:
        raise CheckpointError(
            f"the fitted model {model.key} arrived damaged ({damage})"
        ) from damage
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _is_sound(folder: Path) -> bool:
    try:
        unseal(folder)
    except SealError:
        return False
    return True


def results(job: Job, returned: Returned, missing: Sequence[Failure] = ()) -> Iterator[Event]:
    """Yield a job's learning curve and results, and a failure for each task that has none.

    Args:
        job: the job. Whatever else a worker returned is left out, with a warning.
        returned: what the worker returned.
        missing: failures of the tasks that the job process did not answer.
    """
    waiting = list(job.tasks)
    for event in (*map(from_line, returned.lines), *missing):
        match event:
            case LearningCurve() if _is_of(event, job):
                yield event
            case Record() | Failure() if (task := _task_of(event, job, waiting)) is not None:
                waiting.remove(task)
                yield event
            case _:
                log.warning("%s: a worker returned what was not requested; left out", job.choice)
    yield from failures(job, "its worker returned no result of it", waiting)


def failures(job: Job, what: str, tasks: Iterable[Task]) -> Iterator[Failure]:
    """Yield a failure for each of some tasks of a job, whose reason is the cluster's."""
    yield from IncompleteJob(tasks=tuple(tasks), reason=what, details="").failures(job)


def _task_of(result: Record | Failure, job: Job, tasks: Iterable[Task]) -> Task | None:
    """Return the task of a result, if it is one of these."""
    return next((task for task in tasks if job.identity(task) == result.identity), None)


def _is_of(curve: LearningCurve, job: Job) -> bool:
    requested = (job.dataset, job.choice.name, dict(job.choice.pairs), job.seed)
    returned = (curve.dataset, curve.method, dict(curve.settings), curve.seed)
    return returned == requested
