"""Fitted models kept on disk, so that a method is trained once for all tasks.

Under the cache folder, ``models/KEY`` is a fitted model, sealed, and ``models/KEY.training`` the
checkpoints of one that is not done. KEY is a hash of everything that the model depends on.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import CheckpointError, DataError, SealError
from harness.learning.checkpoints import Checkpoints
from harness.learning.point import Point
from harness.protocol.file_names import file_name
from harness.protocol.settings import MethodChoice
from harness.storage.atomic import cache_folder
from harness.storage.dataclass_json import Mismatch, from_body, to_body
from harness.storage.sealed import UNFINISHED, read_note, seal, unseal

if TYPE_CHECKING:
    from filelock import FileLock

SCHEMA = 1
"""Of the notes; another one is another key, so that none is misread."""
TRAINING = ".training"
"""How the folder ends that holds the checkpoints of a training."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Everything that a fitted model depends on.

    Attributes:
        method: the method's name.
        settings: those that differ from its defaults.
        configuration: every setting, defaults included.
        source: sha256 of the method's code.
        seed: the method's seed.
        dataset: what it learnt from, by name.
        background: sha256 over the background's pixels and labels.
        versions: of the packages it computes with, and hashes of the harness's own part in it.
        device: the graphics card that it may compute on, or ``cpu``.
        threads: what limits them, which changes the order of sums.
    """

    method: str
    settings: Mapping[str, str]
    configuration: Mapping[str, Any]
    source: str
    seed: int
    dataset: str
    background: str
    versions: Mapping[str, str]
    device: str
    threads: str

    @property
    def key(self) -> str:
        """What the model is kept under."""
        spelled = json.dumps([SCHEMA, asdict(self)], sort_keys=True)
        return f"{file_name(self.method)}-{sha256(spelled.encode()).hexdigest()[:20]}"

    @property
    def choice(self) -> MethodChoice:
        """The method as it is asked for on the command line."""
        return MethodChoice(name=self.method, pairs=tuple(self.settings.items()))


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What a fit cost, and how it went.

    Attributes:
        seconds: over all processes that worked on it, up to the last checkpoint of those that
            were killed.
        peak_memory: bytes, of the process that ended it.
        environment: machine, versions and commit that ended it.
        points: the learning curve; empty where the method has none.
        cached: whether an earlier job had done it.
    """

    seconds: float
    peak_memory: int
    environment: Mapping[str, Any]
    points: tuple[Point, ...] = ()
    cached: bool = False


@dataclass(frozen=True, kw_only=True)
class _Note:
    """What is noted of a fitted model."""

    origin: Origin
    fit: Fit


@dataclass(frozen=True, kw_only=True)
class StoredModel:
    """What the cache holds under one key: a fitted model, or an unfinished training.

    Attributes:
        folder: where it lies.
        origin: what it is of; None where its note cannot be read.
        fit: what it cost; None while it is unfinished.
        n_bytes: what it takes on disk.
    """

    folder: Path
    origin: Origin | None
    fit: Fit | None
    n_bytes: int

    @property
    def unfinished(self) -> bool:
        """Whether it is the checkpoints of a training, and no fitted model."""
        return self.folder.name.endswith(TRAINING)


def models_folder() -> Path:
    """Return the folder of fitted models."""
    return cache_folder() / "models"


def checkpoints(origin: Origin) -> Checkpoints:
    """Return the checkpoints of a training."""
    return Checkpoints(models_folder() / f"{origin.key}{TRAINING}", asdict(origin))


@contextmanager
def alone(origin: Origin) -> Iterator[None]:
    """Let no other process fit the same model meanwhile: the second waits, then finds it done.

    Raises:
        DataError: the cache cannot be written.
    """
    try:
        models_folder().mkdir(parents=True, exist_ok=True)
        lock = _lock(origin.key)
        lock.acquire()
    except OSError as failure:
        raise _cannot_write(failure) from failure
    try:
        yield
    finally:
        lock.release()


def load(origin: Origin, read: Callable[[Path], None]) -> Fit | None:
    """Let ``read`` read the model of this origin; return what it cost, or None without one.

    Raises:
        CheckpointError: it is damaged, or of another training.
    """
    folder = models_folder() / origin.key
    if not folder.is_dir():
        return None
    advice = "train again with --force, or remove it: oneshot cache clear"
    try:
        note = from_body(unseal(folder), _Note)
    except (SealError, Mismatch) as damage:
        raise CheckpointError(f"fitted model {damage}; {advice}") from damage
    if note.origin.key != origin.key:
        raise CheckpointError(f"fitted model {folder} belongs to another training; {advice}")
    read(folder)
    return replace(note.fit, cached=True)


def keep(origin: Origin, fit: Fit, write: Callable[[Path], None]) -> None:
    """Keep a fitted model, and remove its checkpoints.

    Raises:
        DataError: the cache cannot be written.
    """
    note = _Note(origin=origin, fit=fit)
    try:
        seal(models_folder() / origin.key, to_body(note), write)
    except OSError as failure:
        raise _cannot_write(failure) from failure
    shutil.rmtree(models_folder() / f"{origin.key}{TRAINING}", ignore_errors=True)


def is_kept(origin: Origin) -> bool:
    """Whether the cache holds a fitted model of this origin."""
    return (models_folder() / origin.key).is_dir()


def forget(origin: Origin) -> None:
    """Remove the model of this origin, finished or not."""
    for folder in (models_folder() / origin.key, models_folder() / f"{origin.key}{TRAINING}"):
        shutil.rmtree(folder, ignore_errors=True)


def stored_models() -> list[StoredModel]:
    """Return what the cache holds, by key."""
    folders = sorted(path for path in models_folder().glob("*") if path.is_dir())
    return [_stored(folder) for folder in folders if not folder.name.startswith(UNFINISHED)]


def clear_models(models: Iterable[StoredModel]) -> list[StoredModel]:
    """Remove some of what the cache holds; return those that another process is working on.

    What a killed process left half-written goes along.

    Raises:
        DataError: something cannot be removed.
    """
    from filelock import Timeout

    in_use = []
    for model in models:
        lock = _lock(model.folder.name.removesuffix(TRAINING))
        try:
            with lock.acquire(timeout=0):
                _remove(model.folder)
        except Timeout:
            in_use.append(model)
    if not in_use:
        for leftover in models_folder().glob(f"{UNFINISHED}*"):
            _remove(leftover)
    return in_use


def _lock(key: str) -> FileLock:
    from filelock import FileLock

    return FileLock(models_folder() / f"{key}.lock")


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as failure:
        raise DataError(
            f"cannot remove {folder}: {failure.strerror or failure}; remove it by hand"
        ) from failure


def _stored(folder: Path) -> StoredModel:
    n_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    origin, fit = None, None
    try:
        if folder.name.endswith(TRAINING):
            newest = max(folder.glob("step-*"), default=folder)
            origin = from_body(read_note(newest)["owner"], Origin)
        else:
            note = from_body(read_note(folder), _Note)
            origin, fit = note.origin, replace(note.fit, cached=True)
    except (SealError, KeyError, Mismatch):
        pass  # shown as it is: damaged
    return StoredModel(folder=folder, origin=origin, fit=fit, n_bytes=n_bytes)


def _cannot_write(failure: OSError) -> DataError:
    return DataError(
        f"cannot keep fitted models in {models_folder()}: {failure.strerror or failure}; make room "
        "there, or set ONESHOT_CACHE to a folder that can be written"
    )
