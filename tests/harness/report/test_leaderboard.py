from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.protocol.task import Task
from harness.records.repetitions import read_task
from harness.report.leaderboard import rows

Make = Callable[..., Any]


@pytest.mark.parametrize(
    "task",
    [
        Task(family="across", n_way=20, n_shot=1),
        Task(family="within", n_way=5, n_shot=5, split="background"),
        Task(family="lake-400"),
        Task(family="lake-400", split="background"),
    ],
)
def test_a_tasks_name_reads_back(task: Task) -> None:
    assert read_task(str(task)) == task


def test_seeds_are_one_row_with_median_times(make_record: Make) -> None:
    spent = [(1.0, 0.1, 70), (9.0, 0.9, 90), (2.0, 0.2, 80)]
    records = [
        make_record(
            seed=seed,
            right=right,
            cost={"fit_seconds": fit, "score_seconds": score, "peak_memory": memory},
        )
        for seed, right, (fit, score, memory) in zip(range(3), (8, 10, 12), spent, strict=True)
    ]
    (row,) = rows(records)
    assert row.accuracy is not None and row.spent is not None
    assert (row.seeds, row.accuracy.mean, row.accuracy.n_queries) == ((0, 1, 2), 50.0, 20)
    assert (row.spent.fit_seconds, row.spent.score_ms, row.spent.peak_memory) == (2.0, 10.0, 90)


def test_a_tie_counts_half(make_record: Make) -> None:
    (row,) = rows([make_record(right=9.5)])
    assert row.accuracy is not None
    assert row.accuracy.mean == 47.5


def test_rows_stand_by_dataset_task_accuracy_and_name(make_record: Make) -> None:
    tasks = ["within-5w1s", "across-20w1s", "across-5w5s", "across-5w1s@background", "across-5w1s"]
    records = [make_record(task=task) for task in tasks]
    records += [make_record("c", right=11), make_record("b"), make_record("a", right=9)]
    records += [make_record(dataset="folder:mine"), make_record(n_episodes=7)]
    found = [(r.episodes.dataset.name, r.episodes.task_label, str(r.method)) for r in rows(records)]
    assert found == [
        ("folder:mine", "across-5w1s", "l2-1nn"),
        ("omniglot", "across-5w1s", "c"),
        ("omniglot", "across-5w1s", "b"),
        ("omniglot", "across-5w1s", "l2-1nn"),
        ("omniglot", "across-5w1s", "a"),
        ("omniglot", "across-5w1s (7 episodes)", "l2-1nn"),
        ("omniglot", "across-5w5s", "l2-1nn"),
        ("omniglot", "across-20w1s", "l2-1nn"),
        ("omniglot", "across-5w1s@background", "l2-1nn"),
        ("omniglot", "within-5w1s", "l2-1nn"),
    ]


def test_the_order_of_results_changes_nothing(make_record: Make, make_failure: Make) -> None:
    results = [make_record(seed=seed, right=seed + 3.5) for seed in range(3)]
    results += [make_record("other"), make_record(manifest="m"), make_failure(seed=7)]
    assert rows(results) == rows(reversed(results))


def test_settings_are_one_method_in_any_order(make_record: Make) -> None:
    records = [make_record("m[a=1,b=2]", seed=0), make_record("m[b=2,a=1]", seed=1)]
    assert [str(row.method) for row in rows(records)] == ["m[a=1,b=2]"]


def test_seeds_with_other_episodes_are_not_taken_together(make_record: Make) -> None:
    records = [make_record(seed=0), make_record(seed=1, manifest="others")]
    assert sorted(row.seeds for row in rows(records)) == [(0,), (1,)]


def test_the_episodes_of_most_rows_stand_first(make_record: Make) -> None:
    records = [make_record("best", manifest="a", right=20)]
    records += [make_record("b", manifest="z"), make_record("c", manifest="z")]
    assert [str(row.method) for row in rows(records)] == ["b", "c", "best"]


def test_a_failure_is_a_row_among_those_it_would_have_stood_in(
    make_record: Make, make_failure: Make
) -> None:
    good = make_record(synthetic=True, dataset="drawn")
    row, failed = rows([make_failure("a", dataset="drawn", synthetic=True, seed=3), good])
    assert (failed.episodes, failed.seeds, failed.accuracy) == (row.episodes, (3,), None)
    assert failed.failure == "ran out of luck"


def test_failures_alone_are_rows_too(make_failure: Make) -> None:
    failures = [make_failure(seed=seed) for seed in (1, 0)] + [make_failure(reason="another")]
    found = [(row.failure, row.seeds) for row in rows(failures)]
    assert found == [("another", (0,)), ("ran out of luck", (0, 1))]


def test_a_synthetic_dataset_is_labelled_also_where_all_failed(make_failure: Make) -> None:
    (row,) = rows([make_failure(dataset="sketch", synthetic=True)])
    assert row.episodes.dataset.label == "sketch (synthetic)"


def test_transductive_is_marked(make_record: Make) -> None:
    (row,) = rows([make_record("joint", transductive=True)])
    assert row.label == "joint (transductive)"


def test_seeds_with_other_defaults_are_not_averaged(make_record: Make) -> None:
    records = [replace(make_record(seed=seed), configuration={"depth": seed}) for seed in (0, 1)]
    assert [row.seeds for row in rows(records)] == [(0,), (1,)]
