"""Validation: 20-way 1-shot episodes of background groups that a method held out."""

from __future__ import annotations

import numpy as np

from harness.errors import DataError
from harness.protocol.dataset import Split
from harness.protocol.episodes import Dealt, Draw, deal
from harness.protocol.randomness import Words

N_WAY = 20
N_EPISODES = 500


def validation(held_out: Split) -> Dealt:
    """Return the episodes on which a checkpoint is chosen, the same each time.

    The ways are any classes of ``held_out``, one image of each; the query is another image of one
    of them. Fewer than 20 classes give fewer ways.

    Raises:
        DataError: fewer than two classes have two images.
    """
    n_images = (held_out.rows_of_class >= 0).sum(axis=1)
    eligible = np.flatnonzero(n_images >= 2)
    if len(eligible) < 2:
        raise DataError(
            f"cannot validate on {', '.join(held_out.groups)}: fewer than two classes have two "
            "images; hold out more groups"
        )
    words = Words(0, "validation")
    shuffled = np.argsort(words.draw(N_EPISODES, len(eligible)), axis=1, kind="stable")
    label = eligible[shuffled[:, :N_WAY]]  # (n_episodes, n_way)
    image = words.below(n_images[label].astype(np.uint64), *label.shape)
    n_of_query = n_images[label[:, 0]]
    other = 1 + words.below((n_of_query - 1).astype(np.uint64), N_EPISODES)
    query = held_out.rows_of_class[label[:, 0], (image[:, 0] + other) % n_of_query]
    draw = Draw(
        support=held_out.rows_of_class[label, image][:, :, None],
        query=query[:, None],
        truth=np.zeros((N_EPISODES, 1), np.int64),
        cluster=held_out.group[label[:, 0]],
        clusters=held_out.groups,
    )
    return deal(draw, held_out, seed=0)
