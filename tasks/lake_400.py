"""``lake-400``: the 20 official one-shot runs of Omniglot, 20 trials each (Lake et al. 2015).

Each run is one episode: 20 characters of one alphabet drawn by one person, and 20 queries, one of
each, drawn by another. Trials of one run form a cluster.
"""

from __future__ import annotations

import numpy as np

from harness import DataError, Dataset, Draw, Task, TaskSpec, UsageError, hookimpl


def draw(dataset: Dataset, task: Task, n_episodes: int | None, *, seed: int) -> Draw:
    """Return the runs as they are; ``seed`` changes nothing here."""
    if task.split != "evaluation":
        raise UsageError(f"{task}: the official runs exist for the evaluation split alone")
    runs = dataset.runs
    if runs is None:
        raise DataError(
            f"{task}: {dataset.name} came without official runs; only omniglot with all_runs.zip "
            "has them: oneshot data download, or set ONESHOT_DATA"
        )
    n_runs = len(runs.support) if n_episodes is None else n_episodes
    if n_runs > len(runs.support):
        raise DataError(
            f"{task} has {len(runs.support)} runs, each an episode, and {n_runs} were asked for; "
            f"ask for at most {len(runs.support)}"
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
