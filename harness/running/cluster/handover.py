"""The dataset on a worker: read where the worker sees it, else sent through the cluster, once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from harness.errors import DataError, OneShotError
from harness.plugins.datasets import HANDED, load_dataset
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.running.job import Job
from harness.storage.dataset_cache import is_stored, store, stored_dataset
from harness.storage.dataset_files import DAMAGE, read_dataset, write_dataset


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A dataset as jobs name it, and the fingerprint that it must have."""

    data: str
    fingerprint: str
    plugins: tuple[Path, ...]

    @classmethod
    def by(cls, job: Job) -> Wanted:
        """Return what a job learns from and is asked about."""
        return cls(data=job.data, fingerprint=job.fingerprint, plugins=job.plugins)

    @property
    def key(self) -> str:
        """What it is stored under in a worker's cache, when it came through the cluster."""
        return f"{HANDED}-{self.fingerprint[:32]}"


def data_here(wanted: Wanted) -> str:
    """Return what the dataset is called on this worker: as it was handed over, else as asked.

    Raises:
        OneShotError: this worker cannot read it, or sees other pixels.
    """
    if is_stored(wanted.key):  # at each job: a cache may be cleared meanwhile
        with suppress(DataError):  # a damaged one is none
            return _handed(wanted)
    return _seen(wanted)


@lru_cache(maxsize=8)
def _handed(wanted: Wanted) -> str:
    _check(wanted, stored_dataset(wanted.key))
    return f"{HANDED}:{wanted.key}"


@lru_cache(maxsize=8)
def _seen(wanted: Wanted) -> str:
    _check(wanted, load_dataset(wanted.data, Plugins(wanted.plugins)))
    return wanted.data


def _check(wanted: Wanted, found: Dataset) -> None:
    if found.fingerprint != wanted.fingerprint:
        raise DataError(
            f"{wanted.data} has fingerprint {found.fingerprint[:12]}, not {wanted.fingerprint[:12]}"
        )


def is_here(wanted: Wanted) -> bool:
    """Whether this worker can read the dataset, with the very pixels that are wanted."""
    try:
        data_here(wanted)
    except OneShotError:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A dataset on its way to workers.

    Attributes:
        wanted: what it is.
        parcel: its files, bit-packed.
    """

    wanted: Wanted
    parcel: bytes = field(repr=False)

    def arrive(self) -> None:
        """Store the dataset in this worker's cache, unless it can be read already.

        Raises:
            DataError: it arrived damaged, or cannot be stored.
        """
        if is_here(self.wanted):
            return
        try:
            with TemporaryDirectory() as folder:
                self._store(Path(folder) / "dataset")
        except (*DAMAGE, BadZipFile) as failure:
            raise DataError(
                f"{self.wanted.data} cannot be unpacked in {gettempdir()}: {failure}"
            ) from failure

    def _store(self, folder: Path) -> None:
        unpack(self.parcel, folder)
        dataset = read_dataset(folder)
        if dataset.fingerprint != self.wanted.fingerprint:
            raise DataError(
                f"{self.wanted.data} arrived with fingerprint {dataset.fingerprint[:12]}, not "
                f"{self.wanted.fingerprint[:12]}; run the same command again"
            )
        store(self.wanted.key, dataset)


def plugin(carried: Handover) -> Any:
    """Return what Dask sets up on each worker, also on those that join later."""
    from distributed import WorkerPlugin

    # here, so that Dask is imported when it is used
    class Arrival(WorkerPlugin):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            carried.arrive()

    return Arrival()


def handover(wanted: Wanted) -> Handover:
    """Pack a dataset of this machine.

    Raises:
        DataError: it is not here any more, or there is no room to pack it.
    """
    dataset = load_dataset(wanted.data, Plugins(wanted.plugins))
    try:
        with TemporaryDirectory() as folder:
            write_dataset(dataset, Path(folder) / "dataset")
            return Handover(wanted=wanted, parcel=pack(Path(folder) / "dataset"))
    except OSError as failure:
        raise DataError(
            f"cannot pack {wanted.data} for the workers: {failure.strerror or failure}; make room "
            f"in {gettempdir()}, or set TMPDIR to a folder that has some"
        ) from failure


def pack(folder: Path) -> bytes:
    """Return a folder's files as one archive; bit-packed images and weights shrink no further."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_STORED) as files:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                files.write(path, path.relative_to(folder).as_posix())
    return archive.getvalue()


def unpack(parcel: bytes, folder: Path) -> None:
    """Write what ``pack`` took into a new folder.

    Raises:
        OSError: it cannot be written, or the disk is full.
    """
    folder.mkdir()
    with ZipFile(BytesIO(parcel)) as files:
        files.extractall(folder)
