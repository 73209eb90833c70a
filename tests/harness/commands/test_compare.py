from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.commands.compare import compare
from harness.errors import UsageError
from harness.records.store import write

Make = Callable[..., Any]


def run(*arguments: str | Path) -> str:
    answer = CliRunner(env={"COLUMNS": "120"}).invoke(
        compare, list(map(str, arguments)), catch_exceptions=False
    )
    assert answer.exit_code == 0
    return answer.output


@pytest.fixture
def results(make_record: Make, tmp_path: Path) -> Path:
    for method, right in (("good[x=1]", 19), ("fair", 16), ("poor", 3)):
        write(make_record(method, right=right), tmp_path)
        write(make_record(method, right=right, task="lake-400"), tmp_path)
    write(make_record("good[x=1]", task="within-5w1s", synthetic=True, dataset="sketch"), tmp_path)
    return tmp_path


def test_the_table(results: Path) -> None:
    output = run("good[x=1]", "poor", "--results", results, "-t", "lake-400")
    assert "omniglot  lake-400" in output and "across" not in output
    line = next(line for line in output.splitlines() if "poor" in line)
    assert line.split()[:6] == ["good[x=1]", "95.00", ">", "15.00", "poor", "+80.00"]
    assert "16:0" in line
    assert "ranks" not in output


def test_three_methods_are_ranked(results: Path) -> None:
    output = run("good[x=1]", "fair", "poor", "--results", results)
    ranks = output.partition("ranks:")[2]
    line = next(line for line in ranks.splitlines() if "across-5w1s" in line)
    assert line.split()[-3:] == ["1", "1", "3"]
    assert "not compared: sketch within-5w1s: fair is not recorded" in output


def test_json(results: Path) -> None:
    body = json.loads(
        run("good[x=1]", "poor", "--results", results, "--data", "omniglot", "--json")
    )
    assert {pair["task"] for pair in body["pairs"]} == {"lake-400", "across-5w1s"}
    pair = body["pairs"][0]
    assert pair["mark"] == ">" and pair["difference"]["mean"] == pytest.approx(80)
    assert pair["p_corrected"] >= pair["difference"]["p"]


def test_two_folders(results: Path, make_record: Make, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(make_record("poor", right=16), other)
    output = run(results, other, "-t", "across-5w1s")
    line = next(line for line in output.splitlines() if "+" in line or "-65" in line)
    assert line.split()[:6] == ["poor", "15.00", "<", "80.00", "poor", "-65.00"]
    assert "fair is in the first folder only" in output


@pytest.mark.parametrize(
    ("sides", "error", "message"),
    [
        (["good[x=1]"], UsageError, "only good\\[x=1\\] was named"),
        (["fair", "fair"], UsageError, "fair was named twice"),
        (["fair", "best"], UsageError, "no record is of best"),
        (["fair", "poor", "-t", "lake-4000"], UsageError, "did you mean lake-400"),
        (["fair", "poor", "--data", "omnigloat"], UsageError, "did you mean omniglot"),
        (["fair", "nowhere/results"], UsageError, "is no results folder"),
    ],
)
def test_what_cannot_be_compared(results: Path, sides: list[str], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        run(*sides, "--results", results)


def test_why_there_is_no_test_is_said(make_record: Make, tmp_path: Path) -> None:
    for method in ("a", "b"):
        write(make_record(method, n_clusters=3), tmp_path)
        write(make_record(method, task="lake-400", seeded=method == "a"), tmp_path)
    few = run("a", "b", "--results", tmp_path, "-t", "across-5w1s")
    assert "?: fewer than 5 groups, or official runs, are too few to test on" in few
    once = run("a", "b", "--results", tmp_path, "-t", "lake-400")
    assert "a: one training does not show how the next would differ" in once
    assert "fewer than" not in once
