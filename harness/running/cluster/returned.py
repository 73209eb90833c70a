"""What comes back from a worker: a job's results, and the model that it fitted."""

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
    """A fitted model on its way.

    Attributes:
        key: what it is kept under.
        archive: its sealed folder.
    """

    key: str
    archive: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What a job's process told on a worker.

    Attributes:
        lines: its results and learning curve, as ``harness.running.events`` spells them.
        model: what it fitted and kept; None where it did not.
        seconds: from the start of its process to its end.
    """

    lines: tuple[str, ...] = field(repr=False)
    model: PackedModel | None
    seconds: float


class Crash(Exception):
    """A job that did not come to its end on a worker, and may on another try."""

    def __init__(self, returned: Returned, incomplete: IncompleteJob) -> None:
        super().__init__(returned, incomplete)
        self.returned, self.incomplete = returned, incomplete

    def __str__(self) -> str:  # Dask cuts long ones
        return self.incomplete.reason


def packed_model(key: str) -> PackedModel | None:
    """Return the model that this machine's cache holds under ``key``; None where it has gone."""
    folder = models_folder() / key
    try:
        return PackedModel(key=key, archive=pack(folder)) if folder.is_dir() else None
    except OSError:  # it is only a model: what it answered counts
        return None


def keep_model(model: PackedModel, *, replace: bool = False) -> None:
    """Put a model that came back into this machine's cache, unless a sound one is there.

    Args:
        model: what came.
        replace: also in place of a sound one.

    Raises:
        CheckpointError: it arrived damaged, or under a name that no model has.
        OSError: the cache cannot be written.
    """
    if not re.fullmatch(r"\w[\w.-]*", model.key, re.ASCII):
        raise CheckpointError(f"a fitted model came as {model.key!r}, which is no key of one")
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


def results(job: Job, returned: Returned, left: Sequence[Failure] = ()) -> Iterator[Event]:
    """Yield a job's learning curve and results, and a failure for each task that has none.

    Args:
        job: what was asked for. Whatever else a worker told is left out, and that is said.
        returned: what came from the worker.
        left: failures of what the job's process did not come to.
    """
    missing = list(job.tasks)
    for event in (*map(from_line, returned.lines), *left):
        match event:
            case LearningCurve() if _is_of(event, job):
                yield event
            case Record() | Failure() if (task := _asked(event, job, missing)) is not None:
                missing.remove(task)
                yield event
            case _:
                log.warning("%s: a worker sent what was not asked of it; left out", job.choice)
    yield from failures(job, "its worker sent no result of it", missing)


def failures(job: Job, what: str, tasks: Iterable[Task]) -> Iterator[Failure]:
    """Yield a failure for each of some of a job's tasks, for a reason that the cluster has."""
    yield from IncompleteJob(tasks=tuple(tasks), reason=what, details="").failures(job)


def _asked(result: Record | Failure, job: Job, tasks: Iterable[Task]) -> Task | None:
    """Return the task that a result is of, where it is one of these."""
    return next((task for task in tasks if job.identity(task) == result.identity), None)


def _is_of(curve: LearningCurve, job: Job) -> bool:
    asked = (job.dataset, job.fingerprint, job.choice.name, dict(job.choice.pairs), job.seed)
    told = (curve.dataset, curve.fingerprint, curve.method, dict(curve.settings), curve.seed)
    return told == asked
