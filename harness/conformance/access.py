"""What a method looks at beside the data it is given."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.plugins.registry import Plugins
from harness.protocol.dataset import DatasetSpec

CODE = (".py", ".pyc", ".so")
"""Files that importing opens, which may stand beside data."""


class Witness:
    """Notes which files of datasets are opened, and which datasets are asked for by name.

    Python tells every file that it opens, also for numpy's maps and for libraries written in it.
    What a library in C opens by itself goes unnoticed. A hook like this stays for as long as its
    process, so it belongs in one that ends soon.

    Args:
        folders: where datasets lie, beside what ``ONESHOT_DATA`` names.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        named = os.environ.get("ONESHOT_DATA")
        places = [*folders, *([Path(named)] if named else [])]
        self._places = tuple(os.path.realpath(place) for place in places)
        self._seen: dict[str, None] = {}  # a set that keeps the order
        sys.addaudithook(self._hear)
        self._overhear_plugins()

    @property
    def seen(self) -> tuple[str, ...]:
        """What was looked at, the first first."""
        return tuple(self._seen)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.endswith(CODE):
            return
        if any(path == place or path.startswith(place + os.sep) for place in self._places):
            self._seen[path] = None

    def _overhear_plugins(self) -> None:
        """Note every dataset that is taken by name; one drawn by a program opens no file."""
        dataset = Plugins.dataset

        def noted(plugins: Plugins, name: str) -> DatasetSpec:
            self._seen[f"the dataset {name}"] = None
            return dataset(plugins, name)

        Plugins.dataset = noted  # type: ignore[method-assign, assignment]
