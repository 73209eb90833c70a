from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import NothingToDo, RecordError
from harness.plugins.registry import Plugins
from harness.records.store import write
from harness.report.report import report

Make = Callable[..., Any]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everything_is_written_and_records_stay(
    make_record: Make, make_failure: Make, tmp_path: Path
) -> None:
    for method in ("l2-1nn", "cosine-1nn", "lda-1nn"):
        write(make_record(method), tmp_path)
    write(make_failure("bad"), tmp_path)
    before = contents(tmp_path)
    made = report(tmp_path, Plugins())
    assert (made.origin.n_records, made.origin.n_failures) == (3, 1)
    after = contents(tmp_path)
    assert sorted(after.keys() - before.keys()) == [
        "leaderboard.csv",
        "leaderboard.md",
        "plots/accuracy-against-cost-omniglot-across-5w1s.png",
        "plots/accuracy-against-cost-omniglot-across-5w1s.svg",
        "site/index.html",
    ]
    assert {path.relative_to(tmp_path).as_posix() for path in made.paths} == after.keys() - before
    assert {name: after[name] for name in before} == before
    assert str(tmp_path).encode() not in after["leaderboard.md"]


def test_the_same_bytes_twice_and_elsewhere(make_record: Make, tmp_path: Path) -> None:
    results = [make_record(method, seed=seed) for method in "abc" for seed in (0, 1)]
    one, two = tmp_path / "one", tmp_path / "two"
    for result in results:
        write(result, one)
    for result in reversed(results):
        write(result, two)
    report(one, Plugins())
    first = contents(one)
    report(one, Plugins())
    report(two, Plugins())
    assert contents(one) == contents(two) == first


def test_plots_that_are_no_longer_made_go_and_nothing_else(
    make_record: Make, tmp_path: Path
) -> None:
    write(make_record(), tmp_path)
    plots = tmp_path / "plots"
    plots.mkdir()
    for name in ("accuracy-against-n-old-across-1s.png", "mine.png", "accuracy.txt"):
        (plots / name).write_text("")
    elsewhere = tmp_path / "accuracy-against-n-old-across-1s.png"
    elsewhere.write_text("")
    report(tmp_path, Plugins())
    assert sorted(path.name for path in plots.iterdir()) == ["accuracy.txt", "mine.png"]
    assert elsewhere.exists()


def test_without_records_there_is_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo, match="oneshot run --results"):
        report(tmp_path, Plugins())
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_is_named_and_nothing_is_written(
    make_record: Make, tmp_path: Path
) -> None:
    write(make_record(), tmp_path)
    report(tmp_path, Plugins())
    damaged = write(make_record("other"), tmp_path)
    damaged.write_text(damaged.read_text()[:-100])
    before = contents(tmp_path)
    with pytest.raises(RecordError, match=damaged.name):
        report(tmp_path, Plugins())
    assert contents(tmp_path) == before
