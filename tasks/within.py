"""``within-NwKs``: all classes from one alphabet, supports and query by different drawers.

As in Lake's runs, one person drew what is learnt from and another what is asked: of one alphabet,
N characters, K drawers whose drawings of each are the support, and one more drawer whose drawing
of one of them is the query. Trials of one alphabet form a cluster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness import DataError, Dataset, Draw, Split, Task, TaskSpec, Words, hookimpl
from tasks.sampling import choose, chunks


def draw(dataset: Dataset, task: Task, n_episodes: int, *, seed: int) -> Draw:
    """Draw the episodes; the query's way is 0, which the harness then hides.

    Every alphabet that is large enough is as likely as any other.
    """
    split = dataset.split(task.split)
    n_way, n_shot = task.n_way or 0, task.n_shot or 0
    drawn = _drawn(split)  # (n_characters, n_drawers) rows, -1 for none
    usable = [
        alphabet
        for alphabet in range(len(split.alphabets))
        if _fills(drawn[split.alphabet == alphabet], n_way, n_shot)
    ]
    if not usable:
        largest = int(np.bincount(split.alphabet).max())
        raise DataError(
            f"{task} needs an alphabet with {n_way} characters that {n_shot + 1} drawers all drew; "
            f"the largest of {dataset.name} ({task.split}) has {largest} characters and "
            f"{drawn.shape[1]} drawers; ask for fewer ways or shots"
        )
    words = Words(seed, "within")
    parts = [_part(words, split, drawn, usable, n, n_way, n_shot) for n in chunks(n_episodes)]
    rows = np.concatenate(parts)  # (n_episodes, n_way, n_shot + 1)
    query = rows[:, 0, n_shot:]
    return Draw(
        support=rows[:, :, :n_shot],
        query=query,
        truth=np.zeros_like(query),
        cluster=split.alphabet[split.character[query[:, 0]]],
        clusters=split.alphabets,
    )


def _drawn(split: Split) -> NDArray[np.int64]:
    table = np.full((len(split.characters), int(split.drawer.max()) + 1), -1)
    table[split.character, split.drawer] = np.arange(len(split.character))
    return table


def _complete(drawn: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which drawers of an alphabet drew all of its characters."""
    return np.all(drawn >= 0, axis=0)


def _fills(drawn: NDArray[np.int64], n_way: int, n_shot: int) -> bool:
    return len(drawn) >= n_way and _complete(drawn).sum() > n_shot


def _part(
    words: Words,
    split: Split,
    drawn: NDArray[np.int64],
    usable: list[int],
    n: int,
    n_way: int,
    n_shot: int,
) -> NDArray[np.int64]:
    alphabet = np.array(usable)[words.below(len(usable), n)]
    complete = np.stack(
        [_complete(drawn[split.alphabet == a]) for a in range(len(split.alphabets))]
    )
    inside = split.alphabet[None] == alphabet[:, None]  # (n, n_characters)
    characters = choose(words, n, len(drawn), n_way, inside)
    drawers = choose(words, n, drawn.shape[1], n_shot + 1, complete[alphabet])
    return drawn[characters[:, :, None], drawers[:, None, :]]


@hookimpl
def oneshot_task() -> TaskSpec:
    """Register the family."""
    return TaskSpec(name="within", draw=draw)
