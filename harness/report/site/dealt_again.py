"""The episodes of a table, dealt once more: records hold answers and no pixels."""

from __future__ import annotations

from harness.errors import DataError
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.episodes import Dealt
from harness.report.tables import Table
from harness.running.job import dealt


class DealtAgain:
    """Deals what tables are of; each dataset is loaded once.

    Args:
        plugins: where datasets and tasks are found.
    """

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._datasets: dict[str, Dataset] = {}

    def of(self, table: Table) -> Dealt:
        """Return the episodes of a table.

        Raises:
            OneShotError: its dataset cannot be had, or has other pixels or episodes.
        """
        asked = table.asked
        dataset = self._dataset(asked.dataset)
        if dataset.fingerprint != asked.fingerprint:
            raise DataError(
                f"the dataset at hand has other pixels ({dataset.fingerprint[:8]}, and the "
                f"records are of {asked.fingerprint[:8]})"
            )
        ready = dealt(dataset, asked.task, asked.n_episodes, self._plugins)
        if ready.key.manifest != asked.manifest:
            raise DataError("this version draws other episodes than the records are of")
        return ready

    def _dataset(self, name: str) -> Dataset:
        if name not in self._datasets:
            self._datasets[name] = load_dataset(name, self._plugins)
        return self._datasets[name]
