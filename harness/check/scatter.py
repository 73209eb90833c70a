"""How far the trainings of one method lie from each other, and the fall that this allows.

Three seeds tell little of how one task's accuracy scatters. All tasks that a method answered tell
more together, once each is put in units of what coin tosses of its accuracy would scatter by: near
100 % everything scatters less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from harness.records.record import Record
from harness.statistics.accuracy import ALARMS

Seeds = Mapping[int, Record]


@dataclass(frozen=True, kw_only=True)
class SeedScatter:
    """What the baseline tells of one method's trainings.

    Attributes:
        dispersion: the variance between seeds over that of coin tosses, the mean over its tasks;
            trainings see the same trials, so it is mostly below 1.
        n_tasks: tasks that were answered with more than one seed.
        n_methods: trained methods that are checked together.
    """

    dispersion: float
    n_tasks: int
    n_methods: int

    def allowed_fall(self, before: Seeds, n_after: int) -> float:
        """Return by how many points a mean over ``n_after`` new seeds may fall.

        The chance of a false alarm is at most ``ALARMS`` in a whole check, whether a method's
        tasks rise and fall together, as with one of few trainings (Student's t of the seeds), or
        each on its own (a normal deviate, for as many tasks). One trial is always allowed.
        """
        from scipy.stats import norm, t

        n_before = len(before)
        share = ALARMS / self.n_methods
        times = max(t.ppf(1 - share, n_before - 1), norm.ppf(1 - share / max(1, self.n_tasks)))
        deviation = np.sqrt(self.dispersion * _coin_variance(before.values()))
        n_trials = next(iter(before.values())).outcomes.answer.size
        return float(times * deviation * np.sqrt(1 / n_before + 1 / n_after)) + 100 / n_trials


def seed_scatter(tasks: Iterable[Seeds], n_methods: int) -> SeedScatter:
    """Return how one method's trainings scatter, from its records of each task by seed."""
    ratios = [
        np.var([record.outcomes.percent for record in seeds.values()], ddof=1)
        / _coin_variance(seeds.values())
        for seeds in tasks
        if len(seeds) > 1
    ]
    return SeedScatter(
        dispersion=float(np.mean(ratios)) if ratios else 0.0,
        n_tasks=len(ratios),
        n_methods=n_methods,
    )


def _coin_variance(records: Iterable[Record]) -> float:
    """Return the variance of the percentage of heads, for coins as good as the mean of records."""
    records = list(records)
    n_trials = records[0].outcomes.answer.size
    mean = np.mean([record.outcomes.percent for record in records]) / 100
    # where all or none are right, one more or less
    mean = np.clip(mean, 1 / n_trials, 1 - 1 / n_trials)
    return float(1e4 * mean * (1 - mean) / n_trials)
