from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.commands.cli import main

SEARCH = """\
data = "sketch@validation"
tasks = ["across-5w1s", "across-5w5s"]
episodes = 300
methods = ["random"]

[[grid]]
method = "lda-1nn"
settings = { grid = [8] }
"""


def oneshot(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["oneshot", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_a_dry_run_lists_what_is_recorded_and_what_is_left_then_a_run_ranks_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite, results = tmp_path / "search.toml", tmp_path / "results"
    suite.write_text(SEARCH)
    asked = ("run", suite, "--results", results)
    assert oneshot(monkeypatch, *asked, "--dry-run") == 0
    planned = capsys.readouterr().out
    assert "0 results recorded, 4 to measure in 2 of 2 jobs" in planned
    assert "no earlier record says how long that will take" in planned
    assert not results.exists()
    assert oneshot(monkeypatch, *asked) == 0
    shown = capsys.readouterr().out
    assert "settings by accuracy on sketch@validation" in shown
    assert shown.index("lda-1nn ") < shown.index("random ")
    assert oneshot(monkeypatch, *asked, "--seeds", "0,1", "--dry-run", "--json") == 0
    first, second, lda = json.loads(capsys.readouterr().out)
    assert (lda["recorded"], lda["to_measure"]) == (["across-5w1s", "across-5w5s"], [])
    assert (first["seed"], first["to_measure"]) == (0, [])
    assert second["to_measure"] == ["across-5w1s", "across-5w5s"]
    assert 0 < second["seconds"] < 60 and second["unknown"] == []
    assert oneshot(monkeypatch, *asked, "--seeds", "0,1", "--dry-run") == 0
    assert "s with 1 at a time, by earlier records" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--data", "sketch", "never on the evaluation split; write sketch@validation"),
        ("-t", "across-5w1s@background", "were learnt from; write across-5w1s"),
    ],
)
def test_a_grid_chooses_on_groups_that_are_held_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    message: str,
) -> None:
    suite = tmp_path / "search.toml"
    suite.write_text(SEARCH)
    assert oneshot(monkeypatch, "run", suite, option, value, "--results", tmp_path) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('"random"', '"randon"', "methods[0]", "no method is called randon; did you mean random"),
        ('"lda-1nn"', '"lda-1nn[power=1]"', "grid[0]", "is not NAME or NAME"),
        ("5w1s", "0w1s", "tasks[0]", "across-0w1s"),
        ("{ grid", "{ grdi", "grid[0]", "lda-1nn has no setting grdi"),
        ("[8]", "[8, 8.5]", "grid[0]", "grid=8.5 is"),
        (
            "grid = [8]",
            "power = [1, 1.0]",
            "grid[0]",
            "lda-1nn[power=1.0] is lda-1nn[power=1.0], which is named already; once is enough",
        ),
    ],
)
def test_a_wrong_name_in_a_suite_file_is_refused_by_its_key(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    key: str,
    message: str,
) -> None:
    suite = tmp_path / "search.toml"
    suite.write_text(SEARCH.replace(old, new, 1))
    asked = ("run", suite, "--results", tmp_path / "results")
    assert oneshot(monkeypatch, *asked) == 2
    told = capsys.readouterr().err
    assert f"{suite}: {key}: " in told and message in told
    assert len(told.splitlines()) == 1


def test_a_cluster_that_is_there_takes_no_number_of_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("run", "-m", "l2-1nn", "-t", "across-5w1s", "--data", "sketch", "--results", tmp_path)
    engine = ("--engine", "dask://127.0.0.1:9", "--jobs", "2")
    assert oneshot(monkeypatch, *asked, *engine) == 2
    assert "runs as many as its workers take; leave --jobs out" in capsys.readouterr().err
