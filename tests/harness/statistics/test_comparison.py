from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.errors import NotComparable, UsageError
from harness.protocol.settings import MethodChoice, parse_method
from harness.records.record import Record
from harness.statistics.comparison import compare_folders, compare_methods, without_sweeps

Make = Callable[..., Record]


def chosen(*texts: str) -> list[MethodChoice]:
    return [parse_method(text) for text in texts]


def shifted(
    make_record: Make, method: str, right: int, start: int = 0, **identity: object
) -> Record:
    """Return a record of 100 trials in 10 clusters: ``right`` of them are right, from ``start``."""
    record = make_record(method, n_queries=100, n_clusters=10, right=right, **identity)
    turned = np.roll(record.outcomes.right, start, axis=0)
    outcomes = replace(record.outcomes, right=turned)
    return replace(record, outcomes=outcomes)


def test_every_two_methods_are_compared_on_every_task(make_record: Make) -> None:
    records = [
        make_record(method, task=task)
        for task in ("lake-400", "across-5w1s")
        for method in ("a", "b", "c[k=1]")
    ]
    made = compare_methods(records, chosen("a", "c[k=1]", "b"))
    found = [(str(p.episodes.task), p.first.label, p.second.label) for p in made.pairs]
    assert found == [
        (task, *labels)
        for task in ("across-5w1s", "lake-400")
        for labels in (("a", "c[k=1]"), ("a", "b"), ("c[k=1]", "b"))
    ]
    assert made.missing == ()


def test_p_values_are_corrected_for_the_whole_table(make_record: Make) -> None:
    records = [
        shifted(make_record, method, right, start, task=task)
        for task in ("lake-400", "across-5w1s")
        for method, right, start in (("a", 60, 0), ("b", 53, 40))
    ]
    made = compare_methods(records, chosen("a", "b"))
    for pair in made.pairs:
        assert pair.difference is not None and pair.p is not None
        alone = pair.difference.p
        assert alone is not None
        assert pair.p == min(1, 2 * alone) > alone


def test_marks_and_ranks(make_record: Make) -> None:
    records = [
        shifted(make_record, "good", 95),
        shifted(make_record, "fair", 93, 6),
        shifted(make_record, "poor", 12),
    ]
    made = compare_methods(records, chosen("poor", "fair", "good"))
    marks = {(pair.first.label, pair.second.label): pair.mark for pair in made.pairs}
    assert marks == {("poor", "fair"): "<", ("poor", "good"): "<", ("fair", "good"): "="}
    assert {rank.label: rank.rank for rank in made.ranks} == {"good": 1, "fair": 1, "poor": 3}


def test_two_methods_have_no_ranks(make_record: Make) -> None:
    assert compare_methods([make_record("a"), make_record("b")], chosen("a", "b")).ranks == ()


def test_settings_are_found_in_any_order(make_record: Make) -> None:
    records = [make_record("a[x=1,y=2]"), make_record("b")]
    (pair,) = compare_methods(records, chosen("a[y=2,x=1]", "b")).pairs
    assert pair.first.label == "a[x=1,y=2]"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"manifest": "m"}, "different episodes: manifest and m"),
        ({"fingerprint": "e" * 12}, "different pixels: f0f0f0f0 and eeeeeeee"),
    ],
)
def test_results_that_are_not_comparable_are_not_subtracted(
    make_record: Make, other: dict[str, str], reason: str
) -> None:
    both = [make_record("a", task="lake-400"), make_record("b", task="lake-400")]
    made = compare_methods([*both, make_record("a"), make_record("b", **other)], chosen("a", "b"))
    bad, fine = made.pairs
    assert (fine.mark, bad.mark) == ("=", "!")
    assert (bad.difference, bad.p, bad.reason) == (None, None, reason)
    with pytest.raises(NotComparable, match=reason):
        compare_methods([make_record("a"), make_record("b", **other)], chosen("a", "b"))


def test_two_versions_of_a_methods_code_are_not_mixed(make_record: Make) -> None:
    newer = replace(make_record("a", seed=1), source="d" * 64)
    records = [make_record("a"), newer, make_record("b")]
    with pytest.raises(NotComparable, match="a was measured with 2 versions of its code"):
        compare_methods(records, chosen("a", "b"))


def test_a_task_that_one_did_not_answer_is_named(make_record: Make) -> None:
    records = [make_record("a"), make_record("b"), make_record("a", task="lake-400")]
    made = compare_methods(records, chosen("a", "b"))
    assert made.missing == ("omniglot lake-400: b is not recorded",)
    with pytest.raises(NotComparable, match="no task was answered by both"):
        compare_methods([make_record("a"), make_record("b", task="lake-400")], chosen("a", "b"))


def test_a_method_that_is_not_recorded_is_refused(make_record: Make) -> None:
    with pytest.raises(UsageError, match="no record is of siamse; did you mean siamese"):
        compare_methods([make_record("siamese"), make_record("a")], chosen("siamse", "a"))


def test_folders_compare_each_method_with_itself(make_record: Make) -> None:
    first = [shifted(make_record, "a", 91), make_record("b", task="lake-400")]
    second = [shifted(make_record, "a", 70), make_record("c", task="lake-400")]
    made = compare_folders(first, second)
    (pair,) = made.pairs
    assert (pair.first.label, pair.second.label, pair.mark) == ("a", "a", ">")
    assert pair.difference is not None and pair.difference.mean == pytest.approx(21)
    assert made.missing == (
        "omniglot lake-400: b is in the first folder only",
        "omniglot lake-400: c is in the second folder only",
    )


def test_a_pair_that_was_not_tested_has_neither_a_mark_nor_a_rank(make_record: Make) -> None:
    once = [shifted(make_record, "trained", 95, seeded=True)]
    records = [*once, shifted(make_record, "good", 93, 6), shifted(make_record, "poor", 12)]
    made = compare_methods(records, chosen("trained", "good", "poor"))
    assert [pair.mark for pair in made.pairs] == ["?", "?", ">"]
    assert {rank.label: rank.rank for rank in made.ranks} == {"good": 1, "poor": 2}


def test_a_sweep_is_left_out_except_for_the_n_that_papers_report(make_record: Make) -> None:
    tasks = [f"across-{n}w1s" for n in range(2, 21)] + ["lake-400", "within-9w1s"]
    left = without_sweeps([make_record("a", task=task) for task in tasks])
    assert [record.identity.task for record in left] == [
        "across-5w1s", "across-20w1s", "lake-400", "within-9w1s",
    ]  # fmt: skip


def test_the_order_of_tasks_does_not_depend_on_the_order_of_records(make_record: Make) -> None:
    tasks = ["lake-400", "across-20w1s", "across-5w1s", "across-5w1s@background"]
    records = [make_record(method, task=task) for task in tasks for method in "ab"]
    found = [str(pair.episodes.task) for pair in compare_methods(records, chosen("a", "b")).pairs]
    assert found == ["across-5w1s", "across-20w1s", "across-5w1s@background", "lake-400"]
