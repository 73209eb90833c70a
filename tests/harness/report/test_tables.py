from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.report.leaderboard import rows
from harness.report.tables import Curve, Table, arranged, curves, tables

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
    assert [str(part.asked.task) for part in shown[:2]] == ["across-5w1s", "across-20w1s"]


def test_few_n_stay_tables(make_record: Make) -> None:
    records = [make_record(task=f"across-{n}w1s") for n in range(2, 9)]
    assert all(isinstance(part, Table) for part in arranged(tables(rows(records))))


def test_in_a_sweep_what_is_not_comparable_keeps_its_tables(make_record: Make) -> None:
    records = [make_record(task=f"across-{n}w1s") for n in range(30, 40)]
    records += [make_record("other", task="across-33w1s", manifest="others")]
    shown = arranged(tables(rows(records)))
    assert [part.asked.task.n_way for part in shown if isinstance(part, Table)] == [33, 33]
