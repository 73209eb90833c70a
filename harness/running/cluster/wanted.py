"""The dataset that jobs want, and whether this machine can read it with the same pixels."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from harness.errors import DataError, OneShotError
from harness.plugins.datasets import HANDED, load_dataset
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.running.job import Job
from harness.storage.dataset_cache import is_stored, stored_dataset


@dataclass(frozen=True, kw_only=True)
class WantedDataset:
    """A dataset as jobs name it, and the fingerprint that it must have."""

    data: str
    fingerprint: str
    plugins: tuple[Path, ...]

    @classmethod
    def by(cls, job: Job) -> WantedDataset:
        """Return the dataset that a job learns from and is tested on."""
        return cls(data=job.data, fingerprint=job.dataset.fingerprint, plugins=job.plugins)

    @property
    def key(self) -> str:
        """Its key in a worker's cache, if it was sent through the cluster."""
        return f"{HANDED}-{self.fingerprint[:32]}"


def readable_name(wanted: WantedDataset) -> str:
    """Return the name that this worker reads the dataset by: as it was sent, else as requested.

    Raises:
        OneShotError: this worker cannot read it, or finds other pixels.
    """
    if is_stored(wanted.key):  # looked up for each job: a cache may be cleared meanwhile
        with suppress(DataError):  # a damaged copy counts as none
            return sent_name(wanted)
    return _own_name(wanted)


def is_readable(wanted: WantedDataset) -> bool:
    """Whether this worker can read the dataset with the same pixels."""
    try:
        readable_name(wanted)
    except OneShotError:
        return False
    return True


@lru_cache(maxsize=8)
def sent_name(wanted: WantedDataset) -> str:
    """Return the name of the copy that was sent to this worker, once it is read and compared."""
    _check(wanted, stored_dataset(wanted.key))
    return f"{HANDED}:{wanted.key}"


@lru_cache(maxsize=8)
def _own_name(wanted: WantedDataset) -> str:
    _check(wanted, load_dataset(wanted.data, Plugins(wanted.plugins)))
    return wanted.data


def _check(wanted: WantedDataset, found: Dataset) -> None:
    if found.fingerprint != wanted.fingerprint:
        raise DataError(
            f"{wanted.data} has fingerprint {found.fingerprint[:12]}, not {wanted.fingerprint[:12]}"
        )
