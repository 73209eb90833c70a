"""``within-NwKs``: all classes of one group, supports and query from different sources.

An episode has N classes of one group, K sources whose images of each class are the support, and
one more source whose image of one class is the query, as in Lake's runs. Episodes of one group
form a cluster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness import DataError, Dataset, Draw, Split, Task, TaskSpec, Words, hookimpl
from tasks.sampling import choose


def draw(dataset: Dataset, task: Task, n_episodes: int, *, seed: int) -> Draw:
    """Draw the episodes; the true way is always 0, which the harness then hides.

    Every group that is large enough is as likely as any other.
    """
    split, nouns = dataset.split(task.split), dataset.nouns
    n_way, n_shot = task.n_way or 0, task.n_shot or 0
    drawn = _drawn(split)  # (n_classes, n_sources) rows, -1 for none
    complete = np.stack([_complete(drawn, split, a) for a in range(len(split.groups))])
    usable = (np.bincount(split.group) >= n_way) & (complete.sum(axis=1) > n_shot)
    if not usable.any():
        raise DataError(
            f"{task} needs {n_way} {nouns.classes} of one {nouns.group}, each from the same "
            f"{n_shot + 1} {nouns.sources}; the largest {nouns.group} of {dataset.name} "
            f"({task.split}) has {np.bincount(split.group).max()} {nouns.classes} and "
            f"{drawn.shape[1]} {nouns.sources}; ask for fewer ways or shots"
        )
    among = np.flatnonzero(usable)
    group = among[Words(seed, "within alphabets").below(len(among), n_episodes)]
    inside = split.group == group[:, None]  # (n_episodes, n_classes)
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
    """Return ``(n_sources,)``: whether a source has an image of each class of a group."""
    return np.all(drawn[split.group == group] >= 0, axis=0)


@hookimpl
def oneshot_task() -> TaskSpec:
    """Register the family."""
    return TaskSpec(name="within", draw=draw)
