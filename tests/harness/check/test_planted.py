"""Regressions planted one at a time, each with the exit code and message that must follow."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.commands.cli import main
from harness.records.record import Failure, Record
from harness.records.store import record_path, write
from tests.support.dataset_ids import on_another

from .conftest import N_TRIALS, Planted, costing, flipped

POINT = N_TRIALS // 100


def lose(record: Record) -> None:
    return None


def lose_seed(number: int) -> Callable[[Record], Record | None]:
    return lambda record: None if record.identity.seed == number else record


def rename_task(record: Record) -> Record:
    return replace(record, identity=replace(record.identity, task="lake-401"))


def redraw(record: Record) -> Record:
    return replace(record, manifest="another manifest")


def repaint(record: Record) -> Record:
    return replace(record, identity=on_another(record.identity, fingerprint="e" * 12), manifest="m")


def move(record: Record) -> Record:
    machine = {"system": "Linux x86_64", "processor": "Another", "cores": 2}
    return costing(score_seconds=9)(
        replace(record, environment={**record.environment, "machine": machine})
    )


def same(record: Record) -> Record:
    return record


# the planted change, its method, and the expected exit code, mark and part of the message
PLANTED = {
    "nothing": (same, "fixed", 0, "passed", "the same, 75.00 %"),
    "1 point, fixed": (flipped(1 * POINT), "fixed", 1, "regressed", "75.00 % to 74.00 %"),
    "2 points, fixed": (flipped(2 * POINT), "fixed", 1, "regressed", "75.00 % to 73.00 %"),
    "5 points, fixed": (flipped(5 * POINT), "fixed", 1, "regressed", "75.00 % to 70.00 %"),
    "20 points, fixed": (flipped(20 * POINT), "fixed", 1, "regressed", "75.00 % to 55.00 %"),
    "one flipped trial": (flipped(1), "fixed", 1, "regressed", "1 changed (1 worse"),
    "one trial better": (flipped(1, to=True), "fixed", 1, "changed", "0 worse, 1 better"),
    # three seeds that scatter by 0.5 allow 0.5 x 2.92 x sqrt(2/3) = 1.19 points, and one trial
    "1 point, trained": (flipped(1 * POINT), "trained", 0, "passed", "may fall by 1.44"),
    "2 points, trained": (flipped(2 * POINT), "trained", 1, "regressed", "a fall of 2.00"),
    "5 points, trained": (flipped(5 * POINT), "trained", 1, "regressed", "a fall of 5.00"),
    "20 points, trained": (flipped(20 * POINT), "trained", 1, "regressed", "a fall of 20.00"),
    "4 points better, trained": (
        flipped(4 * POINT, to=True), "trained", 0, "passed", "95.00 % to 99.00 %",
    ),
    "1.2 x slower": (costing(score_seconds=1.2), "fixed", 0, "passed", "1.20 times"),
    "2 x slower": (costing(score_seconds=2), "fixed", 1, "regressed", "2.00 times"),
    "2 x slower training": (costing(fit_seconds=2), "trained", 1, "regressed", "2.00 times"),
    "3 x the memory": (costing(peak_memory=2), "fixed", 1, "regressed", "2.83 times"),
    "9 x slower elsewhere": (move, "fixed", 0, "passed", "different machine"),
    "a renamed task": (rename_task, "fixed", 4, "missing", "no result of seed 0"),
    "a lost method": (lose, "trained", 4, "missing", "no result of seed 0,1,2"),
    "a lost record": (lose_seed(1), "trained", 4, "missing", "no result of seed 1"),
    "other episodes": (redraw, "fixed", 4, "not comparable", "different episodes: another"),
    "another dataset": (repaint, "fixed", 4, "not comparable", "different pixels: eeeeeeee"),
}  # fmt: skip


def checked(planted: Planted, monkeypatch, *options: str) -> int:
    command = ["oneshot", "check", "--baseline", planted.baseline, "--results", planted.results]
    monkeypatch.setattr("sys.argv", [*map(str, command), *options])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(str(ended.value.code))


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change_is_found(
    planted: Planted, name: str, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    how, method, code, mark, words = PLANTED[name]
    planted.change(method, how)
    assert checked(planted, monkeypatch, "--json") == code
    rows = {
        row["method"]: row
        for row in json.loads(capsys.readouterr().out)
        if row["task"] == "lake-400"
    }
    assert rows[method]["mark"] == mark
    assert words in " ".join(finding["text"] for finding in rows[method]["findings"])
    other = "trained" if method == "fixed" else "fixed"
    assert rows[other]["mark"] == "passed"


def test_every_flipped_trial_is_listed(planted: Planted, monkeypatch, capsys) -> None:
    planted.change("fixed", flipped(30))
    assert checked(planted, monkeypatch) == 1
    printed = capsys.readouterr().out
    assert f"worse (30): episodes {', '.join(map(str, range(30)))}\n" in printed


def test_a_method_that_fails_now_is_exit_code_3(
    planted: Planted, make_failure: Callable[..., Failure], monkeypatch, capsys
) -> None:
    write(make_failure("trained", task="lake-400", seed=2, reason="no luck"), planted.results)
    assert checked(planted, monkeypatch) == 3
    assert "seed 2 failed: no luck" in capsys.readouterr().out


def test_a_failure_in_the_baseline_hides_nothing(
    planted: Planted, make_failure: Callable[..., Failure], monkeypatch, capsys
) -> None:
    """A run that fails after an earlier one leaves a failure beside its record."""
    write(make_failure("fixed", task="lake-400"), planted.baseline)
    planted.change("fixed", flipped(50 * POINT))
    assert checked(planted, monkeypatch) == 1


def test_two_datasets_of_one_name_are_not_taken_for_one(
    planted: Planted, monkeypatch, capsys
) -> None:
    """The name of folder:PATH holds only the last part of the path."""
    for record in planted.records("fixed"):
        folder = replace(record, identity=on_another(record.identity, name="folder:mine"))
        for results in (planted.baseline, planted.results):
            write(folder, results)
        stranger = on_another(folder.identity, fingerprint="e" * 12)
        write(replace(folder, identity=stranger, manifest="m"), planted.results)
    assert checked(planted, monkeypatch) == 4
    assert "two datasets of the results are called folder:mine" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-m", "fixed", "-m", "traind"), "--method traind: no record is of it; did you mean"),
        (("-t", "lake-400", "-t", "lake-40"), "--task lake-40: no record is of it"),
    ],
)
def test_an_unknown_name_is_refused(
    planted: Planted, options: tuple[str, ...], words: str, monkeypatch, capsys
) -> None:
    assert checked(planted, monkeypatch, *options) == 2
    assert words in capsys.readouterr().err


def test_a_folder_is_not_compared_with_itself_or_with_a_missing_one(
    planted: Planted, tmp_path: Path, monkeypatch, capsys
) -> None:
    assert checked(replace(planted, results=planted.baseline), monkeypatch) == 2
    assert checked(replace(planted, results=tmp_path / "nowhere"), monkeypatch) == 2
    assert "there is no such folder" in capsys.readouterr().err


def damage(text: str) -> str:
    return text[: len(text) // 2]


def scramble(text: str) -> str:
    """Return JSON that parses, but is no record."""
    return text.replace('"fit_seconds": 1.5', '"fit_seconds": NaN')


def mistype(text: str) -> str:
    body = json.loads(text)
    return json.dumps({**body, "cost": [1]})


def advance(text: str) -> str:
    return text.replace('"schema": 1', '"schema": 2')


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damage, "is not a readable record"),
        (scramble, "nan is no cost"),
        (mistype, "is not a readable record"),
        (advance, "schema 2, and this version reads schema 1"),
    ],
)
@pytest.mark.parametrize("where", ["baseline", "results"])
def test_a_file_that_cannot_be_read_is_named(
    planted: Planted, spoil: Callable[[str], str], words: str, where: str, monkeypatch, capsys
) -> None:
    (fixed,) = planted.records("fixed")
    path = record_path(fixed.identity, getattr(planted, where))
    path.write_text(spoil(path.read_text()))
    assert checked(planted, monkeypatch) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(f"oneshot: {path}") and words in printed.err
    assert printed.err.count("\n") == 1


def test_a_baseline_without_records_is_nothing_to_do(
    planted: Planted, tmp_path: Path, monkeypatch, capsys
) -> None:
    empty = replace(planted, baseline=tmp_path / "empty")
    assert checked(empty, monkeypatch) == 5
    assert "--update" in capsys.readouterr().err


def test_the_worst_of_several_decides(planted: Planted, monkeypatch, capsys) -> None:
    planted.change("trained", lose)
    planted.change("fixed", flipped(1))
    assert checked(planted, monkeypatch) == 1
    assert "1 regressed" in capsys.readouterr().out
    assert checked(planted, monkeypatch, "-m", "trained") == 4
    assert checked(planted, monkeypatch, "-t", "lake-400", "-m", "fixed") == 1
