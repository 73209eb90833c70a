from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.check.costs import Tolerance, costs
from harness.check.finding import Finding, Mark
from harness.records.record import Record, Reference

Make = Callable[..., Record]


def found(before: Record, after: Record, **tolerance: float) -> dict[str, Finding]:
    return {each.aspect: each for each in costs([before], [after], Tolerance(**tolerance))}


def measured(make_record: Make, **cost: Any) -> Record:
    return make_record(cost={"score_seconds": 1.0, **cost})


def test_a_machine_that_is_twice_as_slow_changes_nothing(make_record: Make) -> None:
    reference = Reference(seconds=0.006, memory=50_000_000)
    slow = measured(make_record, fit_seconds=3.0, score_seconds=2.0, reference=reference)
    now = found(measured(make_record), slow)
    assert {name: each.ratio for name, each in now.items()} == pytest.approx(
        {"training": 1, "scoring": 1, "memory": 1}
    )


def test_the_tolerance_is_where_a_regression_begins(make_record: Make) -> None:
    before, after = measured(make_record), measured(make_record, score_seconds=1.2)
    assert found(before, after)["scoring"].mark is Mark.PASSED
    assert found(before, after, time=1.1)["scoring"].mark is Mark.REGRESSED
    assert found(after, before, time=1.1)["scoring"].mark is Mark.PASSED  # faster is no regression


def test_times_that_are_short_in_both_are_not_judged(make_record: Make) -> None:
    short, tiny, long = (
        measured(make_record, score_seconds=seconds) for seconds in (0.09, 0.01, 0.2)
    )
    assert found(tiny, short)["scoring"].mark is Mark.NOT_JUDGED
    assert found(tiny, long)["scoring"].mark is Mark.REGRESSED


@pytest.mark.parametrize("name", ["machine", "threads", "keras_backend"])
def test_other_conditions_are_not_compared(make_record: Make, name: str) -> None:
    before = make_record()
    after = make_record(environment={**before.environment, name: "another"})
    for finding in found(before, after).values():
        assert (finding.mark, finding.ratio) == (Mark.NOT_JUDGED, None)
        assert finding.text == f"not comparable: different {name.replace('_', ' ')}"


def test_a_training_that_the_baseline_did_not_need_is_a_regression(make_record: Make) -> None:
    before, after = measured(make_record, fit_seconds=0.0), measured(make_record, fit_seconds=5.0)
    now = found(before, after)["training"]
    assert now.mark is Mark.REGRESSED
    assert now.ratio == pytest.approx(50)


def test_memory_is_what_the_method_took(make_record: Make) -> None:
    """The memory before the method was built is subtracted, and 50 MB count as noise."""
    before, after, much = (
        measured(make_record, peak_memory=n) for n in (110_000_000, 120_000_000, 170_000_000)
    )
    assert found(before, after)["memory"].mark is Mark.PASSED
    assert found(before, much)["memory"].ratio == 2


def test_a_record_without_the_reference_is_not_compared(make_record: Make) -> None:
    for finding in found(make_record(cost={"reference": None}), make_record()).values():
        assert finding.mark is Mark.NOT_JUDGED


def test_a_training_of_another_day_is_not_compared(make_record: Make) -> None:
    now = found(measured(make_record), measured(make_record, cached=True, fit_seconds=99))
    assert now["training"].mark is now["memory"].mark is Mark.NOT_JUDGED
    assert now["scoring"].mark is Mark.PASSED
