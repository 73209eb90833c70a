from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.records.store import record_path, write
from harness.running.estimate import PROCESS_SECONDS, EarlierCosts, Estimate, at_a_time
from tests.support.jobs import FIVE, TWENTY, job


def test_a_job_costs_one_fit_and_each_of_its_tasks(make_record, tmp_path: Path) -> None:
    for task, seconds in (("across-5w1s", 2.0), ("across-20w1s", 3.0)):
        cost = {"fit_seconds": 60.0, "score_seconds": seconds}
        write(make_record("siamese", task, seed=4, cost=cost), tmp_path)
    earlier = EarlierCosts(tmp_path)
    assert earlier.of(job("siamese", FIVE, TWENTY)).seconds == PROCESS_SECONDS + 65.0
    assert earlier.of(job("siamese", TWENTY)).seconds == PROCESS_SECONDS + 63.0


def test_other_settings_tell_where_the_same_do_not(make_record, tmp_path: Path) -> None:
    write(make_record("siamese[steps=9]", cost={"score_seconds": 7.0}), tmp_path)
    found = EarlierCosts(tmp_path).of(job("siamese", FIVE, TWENTY))
    assert found == Estimate(seconds=PROCESS_SECONDS + 1.5 + 7.0, unknown=(TWENTY,))


def test_a_method_whose_name_begins_alike_tells_nothing(make_record, tmp_path: Path) -> None:
    write(make_record("siamese-0", cost={"score_seconds": 9.0}), tmp_path)
    assert EarlierCosts(tmp_path).of(job("siamese", FIVE)).unknown == (FIVE,)
    write(make_record("siamese[steps=9]", cost={"score_seconds": 7.0}), tmp_path)
    found = EarlierCosts(tmp_path).of(job("siamese", FIVE))
    assert found == Estimate(seconds=PROCESS_SECONDS + 1.5 + 7.0, unknown=())


def test_any_seed_costs_as_much_as_another(make_record, make_failure, tmp_path: Path) -> None:
    write(make_failure("siamese", seed=0), tmp_path)
    write(make_record("siamese", seed=3, cost={"score_seconds": 7.0}), tmp_path)
    earlier = EarlierCosts(tmp_path)
    costs = [earlier.of(job("siamese", FIVE, seed=seed)).seconds for seed in (0, 3, 8)]
    assert costs == [PROCESS_SECONDS + 1.5 + 7.0] * 3


def test_a_damaged_record_tells_nothing(make_record, tmp_path: Path) -> None:
    record = make_record("siamese")
    write(record, tmp_path)
    record_path(record.identity, tmp_path).write_text("{")
    assert EarlierCosts(tmp_path).of(job("siamese", FIVE)).unknown == (FIVE,)


@pytest.mark.parametrize(("n_jobs", "expected"), [(1, 9.0), (2, 5.0), (4, 5.0)])
def test_the_longest_job_is_never_split(n_jobs: int, expected: float) -> None:
    one = Estimate(seconds=5.0, unknown=())
    assert at_a_time([one, replace(one, seconds=4.0)], n_jobs) == expected
