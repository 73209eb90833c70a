from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.report.leaderboard import rows
from harness.report.sweep import Sweep, sweep
from harness.report.tables import curves, tables

Make = Callable[..., Any]


def swept(results: list[Any]) -> Sweep:
    (curve,) = curves(tables(rows(results)), fewest=1)
    return sweep(curve)


def test_the_usual_n_are_shown(make_record: Make) -> None:
    assert swept([make_record(task=f"across-{n}w1s") for n in range(2, 61)]).ways == (
        5,
        10,
        20,
        40,
        60,
    )


def test_without_them_some_n_are(make_record: Make) -> None:
    ways = swept([make_record(task=f"across-{n}w1s") for n in range(21, 33)]).ways
    assert ways == (21, 23, 25, 27, 29, 31)


def test_methods_stand_as_at_the_largest_n(make_record: Make) -> None:
    results = [
        make_record(method, task=f"across-{n}w1s", right=right)
        for n, rights in ((5, (1, 2)), (10, (4, 3)))
        for method, right in zip("ab", rights, strict=True)
    ]
    compact = swept([*results, make_record("only-at-5", task="across-5w1s", right=20)])
    assert [row.label for row in compact.rows] == ["a", "b", "only-at-5"]
    assert compact.rows[2].points[1] is None


def test_a_failure_at_an_n_that_is_not_shown_is_told(make_record: Make, make_failure: Make) -> None:
    results = [make_record(task=f"across-{n}w1s") for n in range(5, 11)]
    results += [make_failure("bad", task=f"across-{n}w1s") for n in (6, 7, 8)]
    compact = swept(results)
    (failure,) = compact.failures
    assert (failure.label, failure.ways) == ("bad", (6, 7, 8))
    assert [row.label for row in compact.rows] == ["l2-1nn", "bad"]


def test_code_that_changed_between_two_seeds_gives_two_rows(make_record: Make) -> None:
    results = [
        make_record(task=f"across-{n}w1s", seed=seed, source=source, right=right)
        for n in (5, 10)
        for seed, source, right in ((0, "old", 5), (1, "new", 15))
    ]
    assert [row.label for row in swept(results).rows] == ["l2-1nn, seed 1", "l2-1nn, seed 0"]
    means = [
        [p and p.accuracy and p.accuracy.mean for p in row.points] for row in swept(results).rows
    ]
    assert means == [[75.0, 75.0], [25.0, 25.0]]
