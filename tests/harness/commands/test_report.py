from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.commands.report import report
from harness.errors import NothingToDo
from harness.records.store import write

Make = Callable[..., Any]


def run(results: Path, *options: str) -> str:
    answer = CliRunner().invoke(
        report, ["--results", str(results), *options], catch_exceptions=False
    )
    assert answer.exit_code == 0
    return answer.output


def test_tables_and_paths_are_printed(
    make_record: Make, make_failure: Make, tmp_path: Path
) -> None:
    write(make_record("m[bold=1]", dataset="sketch", synthetic=True), tmp_path)
    write(make_failure("bad", dataset="sketch", reason="out of [red]memory[/red]"), tmp_path)
    output = run(tmp_path)
    assert "sketch (synthetic)  across-5w1s" in output
    assert re.search(r"m\[bold=1\] +50.00", output)
    assert "bad  failed: out of [red]memory[/red]" in output
    assert "1 record and 1 failure; written:" in output
    assert str(tmp_path / "leaderboard.md") in output


def test_quiet_prints_tables_alone(make_record: Make, tmp_path: Path) -> None:
    write(make_record(), tmp_path)
    output = run(tmp_path, "--quiet")
    assert "l2-1nn" in output
    assert "leaderboard.md" not in output


def test_json_has_every_row(make_record: Make, make_failure: Make, tmp_path: Path) -> None:
    write(make_record(), tmp_path)
    write(make_failure("bad"), tmp_path)
    answer = json.loads(run(tmp_path, "--json"))
    assert (answer["records"], answer["failures"]) == (1, 1)
    names = ("leaderboard.md", "leaderboard.csv", "site/index.html")
    assert answer["paths"] == [str(tmp_path / name) for name in names]
    good, bad = answer["rows"]
    assert (good["accuracy"], good["failure"]) == ("50.00", None)
    assert (bad["accuracy"], bad["failure"]) == ("", "ran out of luck")


def test_a_sweep_is_printed_as_one_table(
    make_record: Make, make_failure: Make, tmp_path: Path
) -> None:
    for n_way in range(2, 12):
        write(make_record(task=f"across-{n_way}w1s"), tmp_path)
    write(make_failure("bad", task="across-10w1s"), tmp_path)
    output = run(tmp_path)
    assert "across-1s, N = 2 to 11" in output
    assert "bad, N = 10  failed: ran out of luck" in output


def test_what_is_not_comparable_is_said(make_record: Make, tmp_path: Path) -> None:
    write(make_record("a"), tmp_path)
    write(make_record("b", manifest="others"), tmp_path)
    assert run(tmp_path).count("not comparable: drawn from other episodes") == 2


def test_without_records_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo, match="oneshot run"):
        run(tmp_path)
