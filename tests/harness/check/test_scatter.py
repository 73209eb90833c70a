from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harness.check.scatter import SeedScatter, seed_scatter
from harness.records.record import Record

Make = Callable[..., Record]
CHECKS = 200


def seeds(make_record: Make, *right: float, n_queries: int = 1000) -> dict[int, Record]:
    return {
        seed: make_record("m", seed=seed, seeded=True, right=points, n_queries=n_queries)
        for seed, points in enumerate(right)
    }


def test_one_task_is_students_t_of_its_seeds_and_one_trial(make_record: Make) -> None:
    before = seeds(make_record, 900, 904, 908)  # by 0.4 points
    found = seed_scatter([before], n_methods=1)
    assert found.allowed_fall(before, 3) == pytest.approx(
        0.4 * 2.92 * np.sqrt(2 / 3) + 0.1, rel=1e-3
    )
    assert found.allowed_fall(before, 1) > found.allowed_fall(before, 3)


def test_many_tasks_do_not_make_it_large(make_record: Make) -> None:
    """Sixty tasks share one estimate of the scatter, and are not corrected sixty times."""
    before = seeds(make_record, 900, 904, 908)
    alone, among_sixty = (seed_scatter([before] * n, n_methods=1) for n in (1, 60))
    assert among_sixty.allowed_fall(before, 3) < 1.1 * alone.allowed_fall(before, 3)


def test_more_methods_share_the_chance_of_an_alarm(make_record: Make) -> None:
    before = seeds(make_record, 900, 904, 908)
    alone, among_four = (seed_scatter([before], n_methods=n) for n in (1, 4))
    assert among_four.allowed_fall(before, 3) > alone.allowed_fall(before, 3)


def test_seeds_that_tie_at_one_task_are_judged_by_the_others(make_record: Make) -> None:
    tied = seeds(make_record, 999, 999, 999)
    alone = seed_scatter([tied], n_methods=1)
    assert alone.allowed_fall(tied, 3) == pytest.approx(0.1)  # one trial
    beside = seed_scatter([tied, seeds(make_record, 890, 900, 910)], n_methods=1)
    assert 0.1 < beside.allowed_fall(tied, 3) < 0.5


@pytest.mark.parametrize("level", [0.9, 0.99, 0.999])
@pytest.mark.parametrize("together", [False, True], ids=["apart", "together"])
@pytest.mark.parametrize("n_tasks", [1, 18])
def test_unchanged_methods_seldom_raise_an_alarm(
    make_record: Make, level: float, together: bool, n_tasks: int
) -> None:
    """A whole check of one method, whose tasks are independent or rise and fall together."""
    rng = np.random.default_rng(0)
    n_trials, alarms = 2000, 0

    def training() -> np.ndarray:
        if not together:
            return rng.binomial(n_trials, level, n_tasks)
        fortune = rng.normal(0, np.sqrt(n_trials * level * (1 - level)))
        return np.clip(np.full(n_tasks, n_trials * level + fortune).round(), 0, n_trials)

    for _ in range(CHECKS):
        before, after = (np.stack([training() for _ in range(3)]) for _ in range(2))
        tasks = [
            seeds(make_record, *before[:, task], n_queries=n_trials) for task in range(n_tasks)
        ]
        scatter = seed_scatter(tasks, n_methods=1)
        falls = 100 * (before.mean(axis=0) - after.mean(axis=0)) / n_trials
        allowed = [scatter.allowed_fall(task, 3) for task in tasks]
        alarms += bool((falls > np.array(allowed) + 1e-9).any())
    assert alarms / CHECKS <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / CHECKS)


def test_a_scatter_of_nothing_allows_one_trial(make_record: Make) -> None:
    scatter = SeedScatter(dispersion=0.0, n_tasks=0, n_methods=1)
    assert scatter.allowed_fall(seeds(make_record, 900, 900), 2) == pytest.approx(0.1)
