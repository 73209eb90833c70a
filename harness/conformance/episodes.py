"""The small dataset and the few episodes that every check asks about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.plugins.datasets import load_dataset
from harness.plugins.defaults import SYNTHETIC_DATA
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset, Split
from harness.protocol.episodes import Dealt, Draw, Episodes, deal
from harness.protocol.images import Images
from harness.protocol.randomness import Words

BACKGROUND_ALPHABETS, EVALUATION_ALPHABETS = 6, 5
N_EPISODES, N_WAY, N_SHOT, N_QUERY = 40, 5, 2, 3


def small_dataset(dataset: Dataset | None = None) -> Dataset:
    """Return the first alphabets of a dataset, 6 to learn from and 5 to be asked about.

    Args:
        dataset: what they are taken from; ``sketch``, which a program draws, when not given.
    """
    whole = load_dataset(SYNTHETIC_DATA, Plugins()) if dataset is None else dataset
    return replace(
        whole,
        background=_first(whole.background, BACKGROUND_ALPHABETS),
        evaluation=_first(whole.evaluation, EVALUATION_ALPHABETS),
        runs=None,
    )


def small_episodes(dataset: Dataset) -> Dealt:
    """Return 40 episodes of the evaluation split, 5-way 2-shot, with 3 queries each.

    The ways are any characters, the queries show three different ones of them.

    Raises:
        DataError: fewer than 5 characters have three drawings.
    """
    split = dataset.evaluation
    n_drawings = (split.drawings >= 0).sum(axis=1)
    eligible = np.flatnonzero(n_drawings > N_SHOT)
    if len(eligible) < N_WAY:
        raise DataError(
            f"{dataset.name}: {len(eligible)} {dataset.nouns.classes} of its evaluation split have "
            f"more than {N_SHOT} {dataset.nouns.images}, and the checks need {N_WAY}; take a "
            "larger dataset"
        )
    words = Words(0, "conformance")
    shuffled = np.argsort(words.draw(N_EPISODES, len(eligible)), axis=1, kind="stable")
    ways = eligible[shuffled[:, :N_WAY]]  # (n_episodes, n_way)
    keys = words.draw(*ways.shape, split.drawings.shape[1])
    missing = split.drawings[ways] < 0
    keys[missing] = np.iinfo(np.uint64).max  # to the end
    chosen = np.argsort(keys, axis=2, kind="stable")[:, :, : N_SHOT + 1]
    rows = np.take_along_axis(split.drawings[ways], chosen, axis=2)
    query = rows[:, :N_QUERY, N_SHOT]
    draw = Draw(
        support=rows[:, :, :N_SHOT],
        query=query,
        truth=np.broadcast_to(np.arange(N_QUERY), query.shape),
        cluster=split.group[ways[:, 0]],
        clusters=split.groups,
    )
    return deal(draw, split, seed=0)


def copy_of(episodes: Episodes) -> Episodes:
    """Return the same episodes over a pool of their own: nothing is known of it, nothing shared."""
    return over(episodes, copy_of_images(episodes.pool), np.arange(len(episodes.pool)))


def over(episodes: Episodes, pool: Images, place: NDArray[np.integer]) -> Episodes:
    """Return the same episodes over another pool, in which row i of theirs stands at place[i]."""
    return Episodes(
        pool=pool,
        support=place[episodes.support].astype(np.int32),
        query=place[episodes.query].astype(np.int32),
    )


def copy_of_images(images: Images) -> Images:
    """Return the same images in memory of their own."""
    return Images(images.packed.copy(), images.height, images.width)


def copy_of_split(split: Split) -> Split:
    """Return the same split in memory of its own."""
    return replace(
        split,
        images=copy_of_images(split.images),
        label=split.label.copy(),
        source=split.source.copy(),
        group=split.group.copy(),
    )


def _first(split: Split, n_groups: int) -> Split:
    return split.only(range(min(n_groups, len(split.groups))))
