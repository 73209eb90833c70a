"""The dataset is sent through the cluster, once to each worker that cannot read it by itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4
from zipfile import BadZipFile

from harness.errors import DataError, EngineError
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.running.cluster.archive import pack, unpack
from harness.running.cluster.connection import Connection
from harness.running.cluster.wanted import WantedDataset, is_readable
from harness.storage.dataset_cache import store
from harness.storage.dataset_files import DAMAGE, read_dataset, write_dataset

if TYPE_CHECKING:
    from distributed import WorkerPlugin

SEND_TRIES = 3


class Handover:
    """Sends the dataset of one run to all workers, also to those that join later, until its exit.

    Attributes:
        done: whether the dataset was sent.
    """

    def __init__(self, connection: Connection) -> None:
        self.done = False
        self._begun = False
        self._connection, self._client = connection, connection.client
        # a name of its own: another run may send the same dataset
        self._name = f"oneshot-dataset-{uuid4().hex}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the scheduler forget the dataset; workers keep it in their caches."""
        if self._begun and self._client.status == "running":
            with suppress(OSError, ValueError):
                self._client.unregister_worker_plugin(self._name)

    def send(self, wanted: WantedDataset) -> None:
        """Pack the dataset here, and store it in the cache of each worker that cannot read it.

        Raises:
            DataError: the dataset cannot be packed here.
            EngineError: a worker cannot store it, or the scheduler is lost.
        """
        plugin = _worker_plugin(packed(wanted))
        self._begun = True
        with self._connection.guarded():
            for tries_left in reversed(range(SEND_TRIES)):
                try:
                    self._client.register_plugin(plugin, name=self._name)
                    break
                except OSError:  # also where a worker left meanwhile: Dask does not say which
                    if not tries_left:
                        raise
                except Exception as failure:
                    raise EngineError(
                        f"a worker cannot store {wanted.data} ({failure}); make room in its "
                        "ONESHOT_CACHE, or let it see the dataset"
                    ) from failure
        self.done = True


@dataclass(frozen=True, kw_only=True)
class PackedDataset:
    """A dataset as it is sent to workers.

    Attributes:
        wanted: its name and fingerprint.
        archive: its files, bit-packed.
    """

    wanted: WantedDataset
    archive: bytes = field(repr=False)

    def store(self) -> None:
        """Store the dataset in this worker's cache, unless the worker can read it already.

        Raises:
            DataError: it arrived damaged, or cannot be stored.
        """
        if is_readable(self.wanted):
            return
        try:
            with TemporaryDirectory() as folder:
                self._store_from(Path(folder) / "dataset")
        except (*DAMAGE, BadZipFile) as failure:
            raise DataError(
                f"{self.wanted.data} cannot be unpacked in {gettempdir()}: {failure}"
            ) from failure

    def _store_from(self, folder: Path) -> None:
        unpack(self.archive, folder)
        dataset = read_dataset(folder)
        if dataset.fingerprint != self.wanted.fingerprint:
            raise DataError(
                f"{self.wanted.data} arrived with fingerprint {dataset.fingerprint[:12]}, not "
                f"{self.wanted.fingerprint[:12]}; run the same command again"
            )
        store(self.wanted.key, dataset)


def packed(wanted: WantedDataset) -> PackedDataset:
    """Pack a dataset of this machine.

    Raises:
        DataError: it is not here any more, or there is no room to pack it.
    """
    dataset = load_dataset(wanted.data, Plugins(wanted.plugins))
    try:
        with TemporaryDirectory() as folder:
            write_dataset(dataset, Path(folder) / "dataset")
            return PackedDataset(wanted=wanted, archive=pack(Path(folder) / "dataset"))
    except OSError as failure:
        raise DataError(
            f"cannot pack {wanted.data} for the workers: {failure.strerror or failure}; make room "
            f"in {gettempdir()}, or set TMPDIR to a folder that has some"
        ) from failure


def _worker_plugin(dataset: PackedDataset) -> WorkerPlugin:
    """Return the plugin that Dask sets up on each worker, also on those that join later."""
    from distributed import Worker, WorkerPlugin

    # a class inside, so that Dask is imported only when it is used
    class StoresDataset(WorkerPlugin):  # type: ignore[misc]
        def setup(self, worker: Worker) -> None:
            dataset.store()

    return StoresDataset()
