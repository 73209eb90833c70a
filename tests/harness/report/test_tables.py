from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.report.leaderboard import rows
from harness.report.tables import (
    Curve,
    Overview,
    Sweep,
    Table,
    arranged,
    curves,
    overview,
    sweep,
    tables,
)

Make = Callable[..., Any]


def test_comparable_rows_are_one_table(make_record: Make) -> None:
    (table,) = tables(rows([make_record("a"), make_record("b")]))
    assert (len(table.rows), table.number, table.n_tables) == (2, 1, 1)


def test_other_episodes_or_pixels_are_tables_of_their_own(make_record: Make) -> None:
    records = [make_record("a"), make_record("b"), make_record("c", manifest="others")]
    records += [make_record("d", fingerprint="0123456789")]
    found = tables(rows(records))
    assert [(table.number, table.n_tables) for table in found] == [(1, 3), (2, 3), (3, 3)]
    assert len({table.drawn_from for table in found}) == 3


def test_a_curve_shares_everything_but_n(make_record: Make) -> None:
    tasks = [f"across-{n}w1s" for n in (2, 3, 4)] + ["within-3w1s", "across-3w5s"]
    records = [make_record(task=task) for task in tasks]
    records += [make_record(task="across-5w1s", n_episodes=7)]
    found = curves(tables(rows(records)), fewest=1)
    assert [curve.ways for curve in found] == [(2, 3, 4), (3,), (5,), (3,)]
    assert [curve.ways for curve in curves(tables(rows(records)), fewest=3)] == [(2, 3, 4)]


def test_a_sweep_is_one_curve_beside_the_headline_tasks(make_record: Make) -> None:
    records = [make_record(task=f"across-{n}w1s") for n in range(2, 30)]
    shown = arranged(tables(rows(records)))
    assert [type(part) for part in shown] == [Table, Table, Curve]
    assert [str(part.episodes.task) for part in shown[:2]] == ["across-5w1s", "across-20w1s"]


def test_few_n_stay_tables(make_record: Make) -> None:
    records = [make_record(task=f"across-{n}w1s") for n in range(2, 9)]
    assert all(isinstance(part, Table) for part in arranged(tables(rows(records))))


def test_in_a_sweep_what_is_not_comparable_keeps_its_tables(make_record: Make) -> None:
    records = [make_record(task=f"across-{n}w1s") for n in range(30, 40)]
    records += [make_record("other", task="across-33w1s", manifest="others")]
    shown = arranged(tables(rows(records)))
    assert [part.episodes.task.n_way for part in shown if isinstance(part, Table)] == [33, 33]


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
