"""The dataset on a worker: read where the worker sees it, else sent through the cluster, once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.cluster.parcel import pack, unpack
from harness.dataset_cache import is_stored, store
from harness.dataset_files import read_dataset, write_dataset
from harness.datasets import HANDED, load_dataset
from harness.errors import DataError, OneShotError
from harness.job import Job
from harness.plugins import Plugins


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


@lru_cache(maxsize=8)  # what is raised is not kept: the dataset may come
def data_here(wanted: Wanted) -> str:
    """Return what the dataset is called on this worker: as it was handed over, else as asked.

    Raises:
        OneShotError: this worker cannot read it, or sees other pixels.
    """
    if is_stored(wanted.key):
        return f"{HANDED}:{wanted.key}"
    found = load_dataset(wanted.data, Plugins(wanted.plugins))
    if found.fingerprint != wanted.fingerprint:
        raise DataError(
            f"{wanted.data} has fingerprint {found.fingerprint[:12]}, not {wanted.fingerprint[:12]}"
        )
    return wanted.data


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

    @property
    def name(self) -> str:
        """What it is registered under, so that one scheduler holds it once."""
        return f"oneshot-{self.wanted.key}"

    def arrive(self) -> None:
        """Store the dataset in this worker's cache, unless it can be read already.

        Raises:
            DataError: it arrived damaged, or cannot be stored.
        """
        if is_here(self.wanted):
            return
        with TemporaryDirectory() as folder:
            unpack(self.parcel, Path(folder) / "dataset")
            dataset = read_dataset(Path(folder) / "dataset")
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
        DataError: it is not here any more.
    """
    dataset = load_dataset(wanted.data, Plugins(wanted.plugins))
    with TemporaryDirectory() as folder:
        write_dataset(dataset, Path(folder) / "dataset")
        return Handover(wanted=wanted, parcel=pack(Path(folder) / "dataset"))
