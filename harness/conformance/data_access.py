"""Which data a method reads beyond the data that the harness gave it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.plugins.registry import Plugins
from harness.protocol.dataset import DatasetSpec

CODE = (".py", ".pyc", ".so")
"""Files that an import opens. They may lie beside data, and reading them is allowed."""


class DataAccessLog:
    """Records which dataset files this process opens, and which datasets it loads by name.

    Python's audit hook reports every file that Python opens, including those of numpy's memory maps
    and of libraries written in Python. It misses files that a C library opens itself. An audit hook
    cannot be removed, so create this in a process that ends soon.

    Args:
        folders: the folders that hold datasets. ``ONESHOT_DATA`` is added to them.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        configured = os.environ.get("ONESHOT_DATA")
        watched = [*folders, *([Path(configured)] if configured else [])]
        self._folders = tuple(os.path.realpath(folder) for folder in watched)
        self._accessed: dict[str, None] = {}  # serves as an ordered set
        sys.addaudithook(self._record_open)
        self._record_datasets()

    @property
    def accessed(self) -> tuple[str, ...]:
        """The files and datasets that were read, in the order of their first use."""
        return tuple(self._accessed)

    def _record_open(self, event: str, arguments: tuple[Any, ...]) -> None:
        # the path may also be an int, a descriptor that is already open
        if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        # a link, or a path relative to a changed folder, may lead into a watched folder
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.endswith(CODE):
            return
        if any(path == folder or path.startswith(folder + os.sep) for folder in self._folders):
            self._accessed[path] = None

    def _record_datasets(self) -> None:
        """Record every dataset that is loaded by name: a synthetic one opens no file."""
        dataset = Plugins.dataset

        def recorded(plugins: Plugins, name: str) -> DatasetSpec:
            self._accessed[f"the dataset {name}"] = None
            return dataset(plugins, name)

        Plugins.dataset = recorded  # type: ignore[method-assign, assignment]
