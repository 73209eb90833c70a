"""``lake-400``: the 20 official one-shot runs of Omniglot, 20 trials each (Lake et al. 2015).

A run is one episode: 20 characters of one alphabet drawn by one person, and 20 queries, one of each
character, drawn by another person. The trials of a run form a cluster.
"""

from __future__ import annotations

import numpy as np

from harness import DataError, Dataset, Draw, Task, TaskSpec, UsageError, hookimpl


def draw(dataset: Dataset, task: Task, n_episodes: int | None, *, seed: int) -> Draw:
    """Return the runs as they are; nothing is drawn, so ``seed`` has no effect."""
    if task.split != "evaluation":
        raise UsageError(
            f"{task}: only the evaluation split has official runs; leave out @{task.split}"
        )
    runs = dataset.runs
    if runs is None:
        raise DataError(
            f"{task}: {dataset.name} has no official runs; only omniglot with all_runs.zip "
            "has them: oneshot data download, or set ONESHOT_DATA"
        )
    n_runs = len(runs.support) if n_episodes is None else n_episodes
    if n_runs > len(runs.support):
        raise DataError(
            f"{task} has {len(runs.support)} episodes, one for each run, and {n_runs} were "
            f"requested; request at most {len(runs.support)}"
        )
    return Draw(
        support=runs.support[:n_runs, :, None].astype(np.int64),
        query=runs.query[:n_runs].astype(np.int64),
        truth=runs.truth[:n_runs].astype(np.int64),
        cluster=np.arange(n_runs),
        clusters=tuple(f"run{number:02d}" for number in range(1, n_runs + 1)),
    )


@hookimpl
def oneshot_task() -> TaskSpec:
    """Register the task."""
    return TaskSpec(name="lake-400", draw=draw, shaped=False, n_episodes=None)
