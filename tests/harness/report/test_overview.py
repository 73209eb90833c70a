from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.report.leaderboard import rows
from harness.report.overview import Overview, overview
from harness.report.tables import tables

Make = Callable[..., Any]


def of(*results: Any) -> Overview | None:
    return overview(tables(rows(results)))


def test_main_tasks_stand_side_by_side_fixed_ones_first(make_record: Make) -> None:
    results = [
        make_record(method, task=task, right=right)
        for task in ("across-20w1s", "lake-400")
        for method, right in (("good", 15), ("bad", 5))
    ]
    found = of(*results, make_record("third", task="across-20w1s", right=20))
    assert found is not None
    assert found.tasks == ("lake-400", "across-20w1s")
    assert found.methods == ("good", "bad", "third")
    means = [[row and row.accuracy and row.accuracy.mean for row in line] for line in found.rows]
    assert means == [[75.0, 75.0], [25.0, 25.0], [None, 100.0]]


def test_what_is_not_whole_or_not_main_stays_out(make_record: Make) -> None:
    others = [
        make_record(method, task=task, n_episodes=n)
        for method in "ab"
        for task, n in (("across-5w1s", None), ("across-20w1s@background", None), ("lake-400", 40))
    ]
    assert of(*others) is None
    assert of(*others, make_record("a", task="lake-400")) is None


def test_a_failure_is_there_and_a_record_before_it(make_record: Make, make_failure: Make) -> None:
    results = [make_record(task=task) for task in ("across-20w1s", "lake-400")]
    found = of(*results, make_failure("bad", task="lake-400"), make_failure(task="lake-400"))
    assert found is not None
    assert found.methods == ("l2-1nn", "bad")
    first, second = found.rows
    assert first[0] is not None and first[0].failure is None
    assert second[0] is not None and second[0].failure == "ran out of luck"
    assert second[1] is None


def test_code_that_changed_between_two_seeds_gives_two_lines(make_record: Make) -> None:
    results = [
        make_record(task=task, seed=seed, source=source, right=right)
        for task in ("across-20w1s", "lake-400")
        for seed, source, right in ((0, "old", 5), (1, "new", 15))
    ]
    found = of(*results)
    assert found is not None
    assert found.methods == ("l2-1nn, seed 1", "l2-1nn, seed 0")
    means = [[row and row.accuracy and row.accuracy.mean for row in line] for line in found.rows]
    assert means == [[75.0, 75.0], [25.0, 25.0]]
