"""``across-NwKs``: classes drawn across all groups, the tutorial's protocol (Bouma 2017).

An episode has N classes of the split, drawn without replacement, K images of each as support, and
one more image of one of them as the query, from any source. Episodes whose queries are of one
group form a cluster.
"""

from __future__ import annotations

import numpy as np

from harness import DataError, Dataset, Draw, Task, TaskSpec, Words, hookimpl
from tasks.sampling import choose


def draw(dataset: Dataset, task: Task, n_episodes: int, *, seed: int) -> Draw:
    """Draw the episodes; the true way is always 0, which the harness then hides."""
    split = dataset.split(task.split)
    n_way, n_shot = task.n_way or 0, task.n_shot or 0
    usable = (split.rows_of_class >= 0).sum(axis=1) > n_shot
    if usable.sum() < n_way:
        raise DataError(
            f"{task} needs {n_way} {dataset.nouns.classes} with {n_shot + 1} "
            f"{dataset.nouns.images} each; the {task.split} split of {dataset.name} has "
            f"{usable.sum()}; ask for fewer ways or shots"
        )
    classes = choose(Words(seed, "across characters"), n_episodes, n_way, usable[None])
    drawings = split.rows_of_class[classes].reshape(n_episodes * n_way, -1)
    picked = choose(Words(seed, "across drawings"), len(drawings), n_shot + 1, drawings >= 0)
    rows = np.take_along_axis(drawings, picked, axis=1).reshape(n_episodes, n_way, n_shot + 1)
    query = rows[:, 0, n_shot:]
    return Draw(
        support=rows[:, :, :n_shot],
        query=query,
        truth=np.zeros_like(query),
        cluster=split.group[split.label[query[:, 0]]],
        clusters=split.groups,
    )


@hookimpl
def oneshot_task() -> TaskSpec:
    """Register the family."""
    return TaskSpec(name="across", draw=draw)
