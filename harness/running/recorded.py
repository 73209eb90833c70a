"""What stands in a results folder of what is asked: of the same episodes, settings and code."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import RecordError
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.settings import MethodChoice
from harness.protocol.task import Task
from harness.records.record import Record
from harness.records.record_json import SCHEMA
from harness.records.store import place, read
from harness.running.job import Job


class Manifests:
    """The manifest hash of each task, drawn when first asked for."""

    def __init__(self, dataset: Dataset, plugins: Plugins, n_episodes: int | None) -> None:
        self._dataset, self._plugins, self._n_episodes = dataset, plugins, n_episodes
        self._known: dict[Task, str] = {}

    def of(self, task: Task) -> str:
        """Return the manifest of a task's episodes."""
        if task not in self._known:
            ready = dealt(self._dataset, task, self._n_episodes, self._plugins)
            self._known[task] = ready.key.manifest
        return self._known[task]


@dataclass(frozen=True, kw_only=True)
class _Folder:
    """A folder of records, listed once: of a method with its settings, and a task."""

    path: str
    names: frozenset[str]


class Recorded:
    """Looks up which results of one plan's jobs stand already, and need not be measured.

    Args:
        results: the results folder.
        manifests: of the tasks as they are dealt today.
        with_answers: read records to their last answer, so that a damaged one counts as none. Where
            not, what stands before and after the answers counts, in a fraction of the time.
    """

    def __init__(self, results: Path, manifests: Manifests, *, with_answers: bool) -> None:
        self._results, self._manifests, self._with_answers = results, manifests, with_answers
        self._folders: dict[tuple[MethodChoice, Task], _Folder] = {}
        self._names: dict[int, str] = {}

    def has(self, job: Job, task: Task, *, configuration: Mapping[str, Any], source: str) -> bool:
        """Whether a result is recorded.

        A record beside a failure is none: the failure is of a later try.

        Args:
            job: one of the plan's, which are all of one dataset and number of episodes.
            task: one of its tasks.
            configuration: the method's settings in full.
            source: the hash of the method's code.
        """
        folder, name = self._folder(job, task), self._name(job)
        failed = name.removesuffix(".json") + ".failed.json"
        if name not in folder.names or failed in folder.names:
            return False
        found = self._found(os.path.join(folder.path, name))  # a hundred thousand: no Path
        return (
            found is not None
            and found.configuration == configuration
            and found.source == source
            and found.manifest == self._manifests.of(task)
            and job.conditions.allow(found.environment)
        )

    def _folder(self, job: Job, task: Task) -> _Folder:
        key = (job.choice, task)
        if key not in self._folders:
            path = place(job.identity(task), self._results).parent
            names = frozenset(os.listdir(path)) if path.is_dir() else frozenset[str]()
            self._folders[key] = _Folder(path=str(path), names=names)
        return self._folders[key]

    def _name(self, job: Job) -> str:
        if job.seed not in self._names:
            self._names[job.seed] = place(job.identity(job.tasks[0]), self._results).name
        return self._names[job.seed]

    def _found(self, path: str) -> Record | _Made | None:
        if not self._with_answers:
            return _made(path)
        try:
            result = read(Path(path), scores=False)
        except RecordError:
            return None
        return result if isinstance(result, Record) else None


@dataclass(frozen=True, kw_only=True)
class _Made:
    """How a record was made, as it says itself; see ``harness.records.record.Record``."""

    configuration: Mapping[str, Any]
    source: str
    manifest: str
    environment: Mapping[str, Any]


def _made(path: str) -> _Made | None:
    """Return how a record was made, without a look at its answers; None where it is damaged."""
    try:
        with open(path, "rb", buffering=0) as file:  # read at one go
            body = json.loads(_without_answers(file.read()).decode())
        if body["schema"] != SCHEMA:
            return None
        return _Made(
            configuration=body["configuration"],
            source=body["source"],
            manifest=body["manifest"],
            environment=body["environment"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _without_answers(text: bytes) -> bytes:
    """Return a record's text without its answers; as it is where nobody wrote it in our layout.

    Strings hold no ends of lines in JSON, so that these keys stand at the top.
    """
    first, after = text.find(b'\n "outcomes": {'), text.find(b'\n "cost": {')
    return text[:first] + text[after:] if 0 < first < after else text
