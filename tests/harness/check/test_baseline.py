from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.check.baseline import update
from harness.check.check import check
from harness.check.finding import exit_code
from harness.errors import NothingToDo, RecordError, UsageError
from harness.records.selection import Selection
from harness.records.store import record_path, write

from .conftest import Planted, costing, flipped


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.json")}


def test_an_update_makes_the_check_pass_and_names_the_changes(planted: Planted) -> None:
    planted.change("fixed", flipped(4))
    assert exit_code(check(planted.baseline, planted.results)) == 1
    moves = update(planted.baseline, planted.results, Selection())
    assert Counter(move.how for move in moves) == {"other answers": 1, "same answers": 3}
    (moved,) = (move for move in moves if move.how == "other answers")
    assert (moved.before, moved.after) == (75, 74)
    assert exit_code(check(planted.baseline, planted.results)) == 0


def test_a_record_that_the_results_lack_is_kept_and_named(planted: Planted) -> None:
    planted.change("trained", lambda record: None)
    before = files(planted.baseline)
    moves = update(planted.baseline, planted.results, Selection())
    assert Counter(move.how for move in moves) == {"same answers": 1, "kept": 3}
    assert files(planted.baseline) == before


def test_only_what_is_selected_is_moved(planted: Planted) -> None:
    for method in ("fixed", "trained"):
        planted.change(method, flipped(4))
    selection = Selection(methods=("trained",))
    update(planted.baseline, planted.results, selection)
    marks = {str(each.method): each.mark for each in check(planted.baseline, planted.results)}
    assert marks == {"fixed": "regressed", "trained": "passed"}


def test_a_failed_run_leaves_the_baseline_as_it_is(planted: Planted, make_failure) -> None:
    planted.change("fixed", flipped(4))
    write(make_failure("fixed", task="lake-400"), planted.results)
    before = files(planted.baseline)
    moves = update(planted.baseline, planted.results, Selection())
    assert Counter(move.how for move in moves) == {"same answers": 3, "failed": 1}
    assert files(planted.baseline) == before


def test_higher_costs_are_named(planted: Planted) -> None:
    planted.change("fixed", costing(score_seconds=2))
    moved = update(planted.baseline, planted.results, Selection())
    moves = {move.identity.method: move for move in moved}
    assert moves["fixed"].how == "same answers"
    assert moves["fixed"].dearer == ("scoring 2.00 times the baseline, at most 1.5 allowed",)


def test_other_episodes_are_named(planted: Planted) -> None:
    planted.change("fixed", lambda record: replace(record, manifest="another"))
    moves = update(planted.baseline, planted.results, Selection())
    assert Counter(move.how for move in moves) == {"same answers": 3, "other episodes": 1}


def test_the_baseline_is_not_updated_from_itself(planted: Planted) -> None:
    with pytest.raises(UsageError, match="name two"):
        update(planted.baseline, planted.baseline, Selection())


def test_a_failure_is_no_baseline(planted: Planted, make_failure, tmp_path: Path) -> None:
    only_failures = tmp_path / "failed"
    write(make_failure(), only_failures)
    with pytest.raises(NothingToDo):
        update(planted.baseline, only_failures, Selection())


def test_nothing_is_written_when_a_file_is_damaged(planted: Planted) -> None:
    planted.change("trained", flipped(4))
    (fixed,) = planted.records("fixed")
    record_path(fixed.identity, planted.results).write_text("{")
    before = files(planted.baseline)
    with pytest.raises(RecordError):
        update(planted.baseline, planted.results, Selection())
    assert files(planted.baseline) == before
