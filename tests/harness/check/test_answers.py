from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_ind

from harness.check.answers import Entry, answers
from harness.check.finding import Mark
from harness.records import Record
from harness.repetitions import method_of, question

Make = Callable[..., Record]


def entry(before: list[Record], after: list[Record]) -> Entry:
    identity = before[0].identity
    return Entry(
        question=question(identity),
        method=method_of(identity),
        before={record.identity.seed: record for record in before},
        after={record.identity.seed: record for record in after},
    )


def trained(make_record: Make, *right: float, n_queries: int = 1000) -> list[Record]:
    return [
        make_record("m", seed=seed, seeded=True, right=points, n_queries=n_queries)
        for seed, points in enumerate(right)
    ]


def test_a_tie_that_is_gone_is_a_flip(make_record: Make) -> None:
    before, after = make_record(right=4.5), make_record(right=5)
    found = answers(entry([before], [after]), 1)
    assert found.mark is Mark.CHANGED
    (flip,) = found.flips
    assert (flip.episode, flip.before, flip.after, flip.gain) == (4, 0, 0, 0.5)


def test_an_answer_that_is_wrong_in_another_way_is_a_flip(make_record: Make) -> None:
    before = make_record(right=10)
    answer = before.outcomes.answer.copy()
    answer[15] = 3
    after = replace(before, outcomes=replace(before.outcomes, answer=answer))
    found = answers(entry([before], [after]), 1)
    assert (found.mark, len(found.flips), found.flips[0].gain) == (Mark.CHANGED, 1, 0)


def test_the_allowed_fall_is_the_t_tests(make_record: Make) -> None:
    """Held against scipy: with as many seeds and the same scatter on both sides it would be the
    pooled test; with the baseline's scatter alone it has half the freedom."""
    before, after = (900, 904, 908), (895, 899, 903)
    found = answers(entry(trained(make_record, *before), trained(make_record, *after)), 1)
    pooled = ttest_ind(before, after)
    assert found.mark is Mark.PASSED
    allowed = float(found.text.rpartition(" ")[2])
    assert allowed / 0.5 == pytest.approx(2.92 / pooled.statistic, rel=0.01)


def test_the_level_is_shared_by_all_that_are_trained(make_record: Make) -> None:
    before = trained(make_record, 900, 904, 908)
    after = trained(make_record, 880, 884, 888)
    alone, among_many = (answers(entry(before, after), n) for n in (1, 20))
    assert (alone.mark, among_many.mark) == (Mark.REGRESSED, Mark.PASSED)


def test_trainings_as_good_as_ever_seldom_raise_an_alarm(make_record: Make) -> None:
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(400):
        before, after = (trained(make_record, *rng.normal(900, 5, 3).round()) for _ in range(2))
        alarms += answers(entry(before, after), 1).mark is Mark.REGRESSED
    assert alarms / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


def test_one_training_tells_nothing_of_the_next(make_record: Make) -> None:
    one, other = trained(make_record, 900), trained(make_record, 890)
    assert answers(entry(one, one), 1).mark is Mark.PASSED
    found = answers(entry(one, other), 1)
    assert found.mark is Mark.NOT_COMPARABLE
    assert "--seeds 0-2" in found.text


def test_more_seeds_than_the_baseline_has_do_no_harm(make_record: Make) -> None:
    records = trained(make_record, 900, 904, 908, 100)
    assert answers(entry(records[:3], records), 1).mark is Mark.PASSED
