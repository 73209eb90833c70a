"""How much the trainings of a method differ in accuracy, and the fall that this allows.

Three seeds are too few to estimate the variance of one task's accuracy, so all tasks of a method
are pooled. Each variance is divided by that of coin tosses with the same accuracy first, because
accuracies near 100 % vary less.
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
    """How much one method's trainings in the baseline differ.

    Attributes:
        dispersion: the variance between seeds over that of coin tosses, the mean over tasks. It
            is mostly below 1, because all trainings answer the same trials.
        n_tasks: the number of tasks with more than one seed.
        n_methods: the number of seeded methods in the whole check.
    """

    dispersion: float
    n_tasks: int
    n_methods: int

    def allowed_fall(self, before: Seeds, n_after: int) -> float:
        """Return by how many percentage points the mean over ``n_after`` new seeds may fall.

        A whole check raises a false alarm with probability ``ALARMS`` at most, both if a method's
        tasks rise and fall together (Student's t of the seeds) and if they are independent (a
        normal deviate, corrected for their number). One trial is always allowed.
        """
        from scipy.stats import norm, t

        n_before = len(before)
        share = ALARMS / self.n_methods
        # nobody knows which of the two holds, so the wider one counts
        times = max(t.ppf(1 - share, n_before - 1), norm.ppf(1 - share / max(1, self.n_tasks)))
        deviation = np.sqrt(self.dispersion * _coin_variance(before.values()))
        n_trials = next(iter(before.values())).outcomes.answer.size
        return float(times * deviation * np.sqrt(1 / n_before + 1 / n_after)) + 100 / n_trials


def seed_scatter(tasks: Iterable[Seeds], n_methods: int) -> SeedScatter:
    """Return the scatter of one method from its records of each task, by seed."""
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
    """Return the variance of the percentage of heads, for coins with the records' mean accuracy."""
    records = list(records)
    n_trials = records[0].outcomes.answer.size
    mean = np.mean([record.outcomes.percent for record in records]) / 100
    # a mean of 0 or 1 has no variance; one trial away from it has
    mean = np.clip(mean, 1 / n_trials, 1 - 1 / n_trials)
    return float(1e4 * mean * (1 - mean) / n_trials)
