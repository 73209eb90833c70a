"""The trials of a round: each query of each of a task's episodes, in their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.protocol.episodes import Dealt
from harness.protocol.images import Images


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """What is asked one after another, counted from 0.

    Attributes:
        ready: the task, dealt as every method gets it.
    """

    ready: Dealt

    def __len__(self) -> int:
        return self.ready.episodes.query.size

    @property
    def n_way(self) -> int:
        """Candidates of each trial."""
        return self.ready.episodes.n_way

    @property
    def n_shot(self) -> int:
        """Drawings of each candidate."""
        return self.ready.episodes.n_shot

    def drawings(self, trial: int) -> Images:
        """Return the query, then ``n_shot`` drawings of each candidate, way by way."""
        episodes = self.ready.episodes
        episode, query = divmod(trial, episodes.n_query)
        rows = [episodes.query[episode, query : query + 1], episodes.support[episode].ravel()]
        return episodes.pool.take(np.concatenate(rows))

    def truth(self, trial: int) -> int:
        """Return the way that shows the query's character."""
        return int(self.ready.key.truth.flat[trial])
