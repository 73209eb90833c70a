from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import NotComparable, RecordError, UsageError
from harness.human.answer import Answer
from harness.human.answer_file import AnswerFile, lock_rounds
from harness.human.opening import open_session
from harness.human.round import Round, RoundRequest

FIRST = Answer(trial=0, answer=2, seconds=1.5)
SECOND = Answer(trial=1, answer=4, seconds=0.25)


@pytest.fixture
def fresh(invite: Callable[..., RoundRequest]) -> Round:
    """Return a round of four trials without answers."""
    with open_session(invite()) as session:
        return session.round


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "seed-0.jsonl"


def begun(path: Path, fresh: Round, *answers: Answer) -> AnswerFile:
    file = AnswerFile(path)
    file.begin(fresh)
    for answer in answers:
        file.append(answer)
    return file


def test_a_line_for_each_answer_after_a_header(path: Path, fresh: Round) -> None:
    begun(path, fresh, FIRST, SECOND)
    header, *lines = path.read_text().splitlines()
    assert json.loads(header)["manifest"] == fresh.trials.dealt.key.manifest
    assert [json.loads(line) for line in lines] == [
        {"trial": 0, "answer": 2, "seconds": 1.5},
        {"trial": 1, "answer": 4, "seconds": 0.25},
    ]
    assert AnswerFile(path).begin(fresh).answers == (FIRST, SECOND)


@pytest.mark.parametrize("torn", ['{"trial": 1, "ans', "\0" * 4096, SECOND.to_json()])
def test_a_torn_last_line_is_dropped_and_overwritten(path: Path, fresh: Round, torn: str) -> None:
    begun(path, fresh, FIRST)
    whole = path.read_text()
    path.write_text(whole + torn)
    file = AnswerFile(path)
    assert file.begin(fresh).answers == (FIRST,)
    file.append(SECOND)
    assert path.read_text() == whole + SECOND.to_json() + "\n"


@pytest.mark.parametrize(
    "line", ["no JSON", '{"trial": 0}', FIRST.to_json(), '{"trial":1,"answer":5,"seconds":1}']
)
def test_a_damaged_line_is_an_error_and_changes_nothing(
    path: Path, fresh: Round, line: str
) -> None:
    begun(path, fresh, FIRST)
    path.write_text(before := path.read_text() + line + "\n")
    with pytest.raises(RecordError, match=r"seed-0\.jsonl, line 3 is not readable"):
        AnswerFile(path).begin(fresh)
    assert path.read_text() == before


@pytest.mark.parametrize("header", ["", "[]", '{"schema": 1}', "\udcff"])
def test_a_damaged_header_is_an_error(path: Path, fresh: Round, header: str) -> None:
    path.parent.mkdir()
    path.write_bytes(header.encode(errors="surrogateescape") + b"\n")
    with pytest.raises(RecordError, match="line 1"):
        AnswerFile(path).begin(fresh)


def test_answers_to_other_episodes_are_refused_and_kept(path: Path, fresh: Round) -> None:
    begun(path, fresh, FIRST)
    ours = fresh.trials.dealt.key.manifest
    path.write_text(before := path.read_text().replace(ours, "f" * 64))
    with pytest.raises(NotComparable, match=f"manifest ffffffff, not {ours[:8]}"):
        AnswerFile(path).begin(fresh)
    assert path.read_text() == before


def test_answers_of_another_round_are_refused_and_kept(path: Path, fresh: Round) -> None:
    begun(path, fresh, FIRST)
    before = path.read_text()
    other = replace(fresh, identity=replace(fresh.identity, settings={"name": "bob"}))
    with pytest.raises(NotComparable, match="answers of another round, so it was moved here"):
        AnswerFile(path).begin(other)
    assert path.read_text() == before


def test_a_newer_schema_is_refused(path: Path, fresh: Round) -> None:
    begun(path, fresh)
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 2'))
    with pytest.raises(RecordError, match="schema 2"):
        AnswerFile(path).begin(fresh)


def test_an_answer_is_on_disk_when_append_returns(
    path: Path, fresh: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = begun(path, fresh, FIRST)
    synced: list[bytes] = []
    monkeypatch.setattr("os.fsync", lambda descriptor: synced.append(path.read_bytes()))
    file.append(SECOND)
    assert synced == [path.read_bytes()]


def test_a_full_disk_leaves_no_half_line(
    path: Path, fresh: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = begun(path, fresh, FIRST)
    before = path.read_bytes()

    def full(file: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr("os.fsync", full)
        file.append(SECOND)
    assert path.read_bytes() == before
    file.append(SECOND)
    assert AnswerFile(path).begin(fresh).answers == (FIRST, SECOND)


@pytest.mark.parametrize("n_episodes", [4, 8, None])
def test_a_person_has_one_round_on_a_task_at_a_time(
    tmp_path: Path, fresh: Round, n_episodes: int | None
) -> None:
    ours, longer = fresh.identity, replace(fresh.identity, n_episodes=n_episodes)
    locked = r"another oneshot human is running for human\[name=ada\] on this task"
    refused = pytest.raises(UsageError, match=locked)
    with lock_rounds(ours, tmp_path), refused, lock_rounds(longer, tmp_path):
        pass
    with lock_rounds(longer, tmp_path):
        pass


@pytest.mark.parametrize("other", [{"settings": {"name": "bob"}}, {"task": "within-5w1s"}])
def test_another_person_or_task_is_not_locked(
    tmp_path: Path, fresh: Round, other: dict[str, Any]
) -> None:
    with (
        lock_rounds(fresh.identity, tmp_path),
        lock_rounds(replace(fresh.identity, **other), tmp_path),
    ):
        pass


def test_a_folder_that_cannot_be_written_is_a_wrong_option(tmp_path: Path, fresh: Round) -> None:
    (tmp_path / "file").touch()
    refused = pytest.raises(UsageError, match="cannot be written")
    with refused, lock_rounds(fresh.identity, tmp_path / "file"):
        pass
