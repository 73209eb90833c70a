from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.report.figures import Line, lines
from harness.report.leaderboard import rows
from harness.report.tables import curves, tables

Make = Callable[..., Any]


def of(*results: Any) -> tuple[Line, ...]:
    (curve,) = curves(tables(rows(results)), fewest=1)
    return lines(curve)


def test_that_which_ends_lowest_comes_first_and_a_failure_leaves_a_gap(
    make_record: Make, make_failure: Make
) -> None:
    results = [
        make_record("a", task=f"across-{n}w1s", right=right) for n, right in ((5, 9), (9, 8))
    ]
    results += [make_record("b", task=f"across-{n}w1s", right=4) for n in (5, 7)]
    low, high = of(*results, make_failure("b", task="across-9w1s"))
    assert (low.label, low.ways) == ("b", (5, 7))
    assert (high.label, high.ways) == ("a", (5, 9))
    assert [each.mean for each in high.accuracy] == [45.0, 40.0]


def test_code_that_changed_between_two_seeds_gives_two_lines(make_record: Make) -> None:
    results = [
        make_record(task=f"across-{n}w1s", seed=seed, source=source, right=right)
        for n in (5, 9)
        for seed, source, right in ((0, "old", 5), (1, "new", 15))
    ]
    old, new = of(*results)
    assert old.method == new.method
    assert ([a.mean for a in old.accuracy], old.ways) == ([25.0, 25.0], (5, 9))
    assert ([a.mean for a in new.accuracy], new.ways) == ([75.0, 75.0], (5, 9))
