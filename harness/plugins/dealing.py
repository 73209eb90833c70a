"""A task's episodes, drawn and dealt as in every job."""

from __future__ import annotations

from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.episodes import Dealt, deal
from harness.protocol.task import Task, sample

TASK_SEED = 0
"""The one seed of all tasks: every method, whatever its seed, answers the same episodes."""


def dealt(dataset: Dataset, task: Task, n_episodes: int | None, plugins: Plugins) -> Dealt:
    """Draw and deal a task's episodes as every job does; None is the task's own number."""
    spec = plugins.task(task.family)
    draw = sample(spec, dataset, task, n_episodes, TASK_SEED)
    return deal(draw, dataset.split(task.split), seed=TASK_SEED)
