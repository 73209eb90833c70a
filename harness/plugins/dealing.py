"""A task's episodes, drawn and dealt as every job does."""

from __future__ import annotations

from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.episodes import Dealt, deal
from harness.protocol.task import Task, sample

TASK_SEED = 0
"""Every method, with whatever seed of its own, answers the same episodes."""


def dealt(dataset: Dataset, task: Task, n_episodes: int | None, plugins: Plugins) -> Dealt:
    """Draw and deal a task as every job does."""
    spec = plugins.task(task.family)
    draw = sample(spec, dataset, task, n_episodes, TASK_SEED)
    return deal(draw, dataset.split(task.split), seed=TASK_SEED)
