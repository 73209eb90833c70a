from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from harness.commands.check import check
from harness.errors import UsageError
from harness.records.store import write

Make = Callable[..., Any]


@pytest.fixture
def folders(make_record: Make, tmp_path: Path) -> tuple[str, ...]:
    baseline, results = tmp_path / "baseline", tmp_path / "results"
    write(make_record("steady"), baseline)
    write(make_record("steady"), results)
    write(make_record("worse"), baseline)
    write(make_record("worse", right=9), results)
    write(make_record("young"), results)
    return ("--baseline", str(baseline), "--results", str(results))


def run(*arguments: str, **environment: str) -> Result:
    runner = CliRunner(env={"COLUMNS": "120", "GITHUB_STEP_SUMMARY": "", **environment})
    return runner.invoke(check, arguments, catch_exceptions=False, standalone_mode=False)


def test_the_table(folders: tuple[str, ...]) -> None:
    answer = run(*folders)
    assert answer.return_value == 1
    cells = [line.split() for line in answer.output.splitlines() if "across" in line[:40]]
    lines = {row[3]: row for row in cells}
    assert lines["steady"][:2] == ["ok", "omniglot"] and "1.00" in lines["steady"]
    assert lines["worse"][0] == "x" and lines["young"][0] == "+"
    assert "regressed: worse on omniglot across-5w1s, answers: 1 changed (1 worse" in answer.output
    assert "worse (1): episodes 9\n" in answer.output
    assert "1 passed, 1 regressed, 1 new" in answer.output


def test_github(folders: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    answer = run(*folders, "--format", "github", GITHUB_STEP_SUMMARY=str(path))
    assert answer.return_value == 1
    assert answer.output.startswith("::error title=regressed")
    assert path.read_text().startswith("before\n## oneshot check\n")
    assert "## oneshot check" in run(*folders, "--format", "github").output


def test_junit_on_standard_output_or_in_a_file(folders: tuple[str, ...], tmp_path: Path) -> None:
    printed = run(*folders, "--format", "junit").output
    assert ET.fromstring(printed).tag == "testsuites"
    path = tmp_path / "deep" / "check.xml"
    answer = run(*folders, "--format", "junit", "--output", str(path))
    assert path.read_text() == printed
    assert "regressed: worse" in answer.output


def test_update(folders: tuple[str, ...]) -> None:
    answer = run(*folders, "--update")
    assert answer.return_value == 0
    assert "omniglot across-5w1s  worse  seed 0  other answers: 50.00 % to 45.00 %" in answer.output
    assert "omniglot across-5w1s  young  seed 0  new: 50.00 %" in answer.output
    assert "same answers: 1, other answers: 1, new: 1" in answer.output
    assert run(*folders).return_value == 0
    moves = json.loads(run(*folders, "--update", "--json").output)
    assert [move["how"] for move in moves] == ["same answers"] * 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--output", "x.txt"], "add --format junit or --json"),
        (["--json", "--format", "github"], "exclude each other"),
        (["--update", "--format", "junit"], "leave --format and --output out"),
        (["--format", "junit", "--output", "/proc/nowhere/check.xml"], "cannot be written"),
    ],
)
def test_options_that_do_not_go_together(
    folders: tuple[str, ...], options: list[str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        run(*folders, *options)


def test_the_tolerances(folders: tuple[str, ...], make_record: Make) -> None:
    write(make_record("steady", cost={"fit_seconds": 2.1}), Path(folders[3]))
    only = ("-m", "steady")
    assert run(*folders, *only).return_value == 0
    assert run(*folders, *only, "--time-tolerance", "1.3").return_value == 1
    assert run(*folders, *only, "--time-tolerance", "1.3", "--format", "github").return_value == 1
    assert "training 1.40 times" not in run(*folders, *only, "--update").output
    write(make_record("steady", cost={"fit_seconds": 2.94}), Path(folders[3]))
    moved = run(*folders, *only, "--update", "--time-tolerance", "1.3").output
    assert "training 1.40 times the baseline, at most 1.3 allowed" in moved
