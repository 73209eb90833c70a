"""``within-NwKs``: all classes from one alphabet, supports and query by different drawers.

As in Lake's runs, one person drew what is learnt from and another what is asked: of one alphabet,
N characters, K drawers whose drawings of each are the support, and one more drawer whose drawing
of one of them is the query. Trials of one alphabet form a cluster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness import DataError, Dataset, Draw, Split, Task, TaskSpec, Words, hookimpl
from tasks.sampling import choose


def draw(dataset: Dataset, task: Task, n_episodes: int, *, seed: int) -> Draw:
    """Draw the episodes; the query's way is 0, which the harness then hides.

    Every alphabet that is large enough is as likely as any other.
    """
    split = dataset.split(task.split)
    n_way, n_shot = task.n_way or 0, task.n_shot or 0
    drawn = _drawn(split)  # (n_characters, n_drawers) rows, -1 for none
    complete = np.stack([_complete(drawn, split, a) for a in range(len(split.groups))])
    usable = (np.bincount(split.group) >= n_way) & (complete.sum(axis=1) > n_shot)
    if not usable.any():
        raise DataError(
            f"{task} needs an alphabet with {n_way} characters that {n_shot + 1} drawers all drew; "
            f"the largest of {dataset.name} ({task.split}) has {np.bincount(split.group).max()} "
            f"characters and {drawn.shape[1]} drawers; ask for fewer ways or shots"
        )
    among = np.flatnonzero(usable)
    group = among[Words(seed, "within alphabets").below(len(among), n_episodes)]
    inside = split.group == group[:, None]  # (n_episodes, n_characters)
    classes = choose(Words(seed, "within characters"), n_episodes, n_way, inside)
    sources = choose(Words(seed, "within drawers"), n_episodes, n_shot + 1, complete[group])
    rows = drawn[classes[:, :, None], sources[:, None, :]]  # (n_episodes, n_way, n_shot + 1)
    query = rows[:, 0, n_shot:]
    return Draw(
        support=rows[:, :, :n_shot],
        query=query,
        truth=np.zeros_like(query),
        cluster=group,
        clusters=split.groups,
    )


def _drawn(split: Split) -> NDArray[np.int64]:
    table = np.full((len(split.classes), int(split.source.max()) + 1), -1)
    table[split.label, split.source] = np.arange(len(split.label))
    return table


def _complete(drawn: NDArray[np.int64], split: Split, group: int) -> NDArray[np.bool_]:
    """Which drawers drew all characters of an alphabet, ``(n_drawers,)``."""
    return np.all(drawn[split.group == group] >= 0, axis=0)


@hookimpl
def oneshot_task() -> TaskSpec:
    """Register the family."""
    return TaskSpec(name="within", draw=draw)
