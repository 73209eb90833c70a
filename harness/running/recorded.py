"""What is skipped because it is recorded: a result of the same episodes, settings and code."""

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
from harness.records.store import read, record_path
from harness.running.job import Job


class Manifests:
    """The manifest hash of each task, which is drawn when it is first needed."""

    def __init__(self, dataset: Dataset, plugins: Plugins, n_episodes: int | None) -> None:
        self._dataset, self._plugins, self._n_episodes = dataset, plugins, n_episodes
        self._known: dict[Task, str] = {}

    def of(self, task: Task) -> str:
        """Return the manifest hash of a task's episodes."""
        if task not in self._known:
            ready = dealt(self._dataset, task, self._n_episodes, self._plugins)
            self._known[task] = ready.key.manifest
        return self._known[task]


@dataclass(frozen=True, kw_only=True)
class _Folder:
    """The folder of one method with its settings and one task: its path and its files' names."""

    path: str
    names: frozenset[str]


class Recorded:
    """Looks up which results of one plan's jobs are recorded, and need not be measured.

    Args:
        results: the results folder.
        manifests: of the tasks as they are dealt now.
        with_answers: read each record with its answers, so that one with damaged answers counts
            as missing. Without them it takes a fraction of the time.
    """

    def __init__(self, results: Path, manifests: Manifests, *, with_answers: bool) -> None:
        self._results, self._manifests, self._with_answers = results, manifests, with_answers
        self._folders: dict[tuple[MethodChoice, Task], _Folder] = {}
        self._names: dict[int, str] = {}

    def has(self, job: Job, task: Task, *, configuration: Mapping[str, Any], source: str) -> bool:
        """Whether a result is recorded.

        A record beside a failure does not count, because the failure is the later one.

        Args:
            job: a job of the plan, whose jobs have one dataset and one number of episodes.
            task: one of its tasks.
            configuration: the method's settings in full.
            source: the hash of the method's code.
        """
        folder, name = self._folder(job, task), self._name(job)
        failed = name.removesuffix(".json") + ".failed.json"
        if name not in folder.names or failed in folder.names:
            return False
        # a Path for each of a hundred thousand records would take as long as reading them
        found = self._found(os.path.join(folder.path, name))
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
            path = record_path(job.identity(task), self._results).parent
            names = frozenset(os.listdir(path)) if path.is_dir() else frozenset[str]()
            self._folders[key] = _Folder(path=str(path), names=names)
        return self._folders[key]

    def _name(self, job: Job) -> str:
        if job.seed not in self._names:
            self._names[job.seed] = record_path(job.identity(job.tasks[0]), self._results).name
        return self._names[job.seed]

    def _found(self, path: str) -> Record | _Origin | None:
        if not self._with_answers:
            return _origin(path)
        try:
            result = read(Path(path), scores=False)
        except RecordError:
            return None
        return result if isinstance(result, Record) else None


@dataclass(frozen=True, kw_only=True)
class _Origin:
    """The fields of a record that say how it was made; see ``harness.records.record.Record``."""

    configuration: Mapping[str, Any]
    source: str
    manifest: str
    environment: Mapping[str, Any]


def _origin(path: str) -> _Origin | None:
    """Return how a record was made without reading its answers; None if it is damaged."""
    try:
        with open(path, "rb", buffering=0) as file:  # one read, no buffer
            body = json.loads(_without_answers(file.read()).decode())
        if body["schema"] != SCHEMA:
            return None
        return _Origin(
            configuration=body["configuration"],
            source=body["source"],
            manifest=body["manifest"],
            environment=body["environment"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _without_answers(text: bytes) -> bytes:
    """Return a record's text without its answers, or the whole text if its layout is not ours.

    Strings in JSON hold no line ends, so that these two keys are at the top level.
    """
    first, after = text.find(b'\n "outcomes": {'), text.find(b'\n "cost": {')
    return text[:first] + text[after:] if 0 < first < after else text
