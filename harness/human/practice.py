"""Trials to practise on: of characters that methods learn from, never of those that count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.errors import DataError, UsageError
from harness.human.trials import Trials
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.task import Task
from harness.running.job import dealt

N_PRACTICE = 5
_BACKGROUND = "background"
_STAND_INS = ("within", "across")
"""Families that a task without a background split of its own is practised with."""


def practice(dataset: Dataset, task: Task, like: Trials, plugins: Plugins) -> Trials | None:
    """Return episodes of the background split, of the task or of the most similar that there is.

    None where the dataset can fill none, and for a task that is drawn from the background itself:
    practice tells the answers.
    """
    if task.split == _BACKGROUND:
        return None
    for other in _tasks(task, like, plugins):
        try:
            return Trials(ready=dealt(dataset, other, N_PRACTICE, plugins))
        except (DataError, UsageError):
            continue
    return None


def _tasks(task: Task, like: Trials, plugins: Plugins) -> Iterator[Task]:
    yield replace(task, split=_BACKGROUND)
    for family in _STAND_INS:
        if task.n_way is None and family in plugins.listed("task"):
            yield Task(family=family, n_way=like.n_way, n_shot=like.n_shot, split=_BACKGROUND)
