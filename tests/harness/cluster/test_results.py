from __future__ import annotations

from dataclasses import replace

import pytest

from harness.cluster.results import results
from harness.cluster.returned import Returned
from harness.events import Kept, to_line
from harness.learning_curve import LearningCurve, Point
from harness.records import Failure, Record
from tests.support.jobs import FIVE, TWENTY, job

JOB = job("lda-1nn", FIVE, TWENTY)


def told(*events):
    return list(results(JOB, Returned(lines=tuple(map(to_line, events)), model=None, seconds=1.0)))


def record_of(make_record, asked, **changed):
    record = make_record("lda-1nn")
    return replace(record, identity=replace(JOB.identity(asked), **changed))


def test_a_task_without_a_result_is_a_failure(make_record) -> None:
    record, failure = told(record_of(make_record, FIVE))
    assert isinstance(record, Record) and isinstance(failure, Failure)
    assert failure.identity == JOB.identity(TWENTY)
    assert failure.reason == "its worker sent no result of it"
    assert [type(event) for event in told()] == [Failure, Failure]


@pytest.mark.parametrize(
    "changed",
    [{"task": "../../../escaped"}, {"dataset": ".."}, {"method": ".."}, {"seed": 1}],
)
def test_a_result_that_was_not_asked_for_is_left_out(
    make_record, changed, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = record_of(make_record, FIVE, **changed)
    assert [type(event) for event in told(foreign, Kept(key="x"))] == [Failure, Failure]
    assert caplog.messages == ["lda-1nn: a worker sent what was not asked of it; left out"] * 2


def test_a_result_counts_once(make_record) -> None:
    record = record_of(make_record, FIVE)
    assert [type(event) for event in told(record, record)] == [Record, Failure]


@pytest.mark.parametrize(("seed", "n_told"), [(0, 1), (1, 0)])
def test_a_learning_curve_is_the_jobs_own(seed: int, n_told: int) -> None:
    point = Point(step=1, seconds=1.0, loss=0.5, accuracy=None)
    curve = LearningCurve(
        dataset=JOB.dataset, fingerprint=JOB.fingerprint, synthetic=False, method="lda-1nn",
        settings={}, seed=seed, points=(point,),
    )  # fmt: skip
    assert [event for event in told(curve) if not isinstance(event, Failure)] == [curve] * n_told
