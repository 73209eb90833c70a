from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from harness.report.leaderboard import rows
from harness.report.leaderboard_csv import to_csv
from harness.report.tables import tables

Make = Callable[..., Any]


def lines(results: list[Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(tables(rows(results))))))


def test_the_columns_are_exactly_these() -> None:
    assert to_csv([]) == (
        "dataset,task,method,settings,accuracy,ci_low,ci_high,seeds,queries,fit_seconds,"
        "score_ms_per_query,peak_memory_mb,parameters,transductive\n"
    )


@pytest.mark.parametrize(("right", "accuracy"), [(76, "19.00"), (87, "21.75"), (245, "61.25")])
def test_accuracy_has_two_decimals(make_record: Make, right: int, accuracy: str) -> None:
    (line,) = lines([make_record(task="lake-400", right=right, n_queries=400)])
    assert line["accuracy"] == accuracy


def test_every_cell(make_record: Make) -> None:
    cost = {"parameters": None, "fit_seconds": 12.3456}
    (line,) = lines([make_record("m[a=1,b=x]", cost=cost, n_clusters=4, transductive=True)])
    assert line == {
        "dataset": "omniglot",
        "task": "across-5w1s",
        "method": "m",
        "settings": "a=1,b=x",
        "accuracy": "50.00",
        "ci_low": "",
        "ci_high": "",
        "seeds": "1",
        "queries": "20",
        "fit_seconds": "12.346",
        "score_ms_per_query": "1.0000",
        "peak_memory_mb": "100.0",
        "parameters": "",
        "transductive": "true",
    }


def test_episodes_and_synthetic_are_told(make_record: Make) -> None:
    (line,) = lines(
        [make_record(task="across-20w1s", n_episodes=200, dataset="sketch", synthetic=True)]
    )
    assert (line["dataset"], line["task"]) == ("sketch (synthetic)", "across-20w1s#200")


def test_an_interval_is_around_its_accuracy(make_record: Make) -> None:
    (line,) = lines([make_record(right=11)])
    assert float(line["ci_low"]) < 55 < float(line["ci_high"])


def test_a_failure_has_a_line_without_accuracy(make_record: Make, make_failure: Make) -> None:
    good, failed = lines([make_record(), make_failure("m[a=1]")])
    assert (failed["method"], failed["settings"], failed["accuracy"]) == ("m", "a=1", "")
    assert failed["task"] == good["task"]


def test_what_is_not_comparable_has_another_task(make_record: Make) -> None:
    found = lines([make_record("a", manifest="1" * 64), make_record("b", manifest="2" * 64)])
    assert [line["task"] for line in found] == [
        "across-5w1s (episodes 11111111 of f0f0f0f0)",
        "across-5w1s (episodes 22222222 of f0f0f0f0)",
    ]
