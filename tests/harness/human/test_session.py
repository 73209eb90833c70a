from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.human.answer import Answer, NotAnAnswer, NotNext
from harness.human.answer_file import AnswerFile, answers_path
from harness.human.opening import Invitation, opened
from harness.human.session import SLACK, Session
from harness.records import Record
from harness.store import read

Invite = Callable[..., Invitation]


class Clock:
    """Tells the time that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def answer(trial: int, seconds: float = 1, way: int = 0) -> Answer:
    return Answer(trial=trial, answer=way, seconds=seconds)


def test_what_was_not_handed_out_cannot_be_answered(invite: Invite) -> None:
    with opened(invite()) as session:
        with pytest.raises(NotNext, match="trial 0 was not shown yet"):
            session.take(answer(0))
        assert session.hand_out() == 0
        session.take(answer(0))
        with pytest.raises(NotNext, match="trial 1 was not shown yet"):
            session.take(answer(1))
        assert session.hand_out() == 1


def test_nobody_answers_faster_than_time_goes_by(invite: Invite) -> None:
    clock = Clock()
    with opened(invite()) as first:
        around = replace(first.around, clock=clock)
        file = AnswerFile(answers_path(first.round.identity, first.around.results))
        session = Session(first.round, file, around)
        session.hand_out()
        clock.now += 10
        session.hand_out()  # another tab, or a reload: the trial is as old as it was
        with pytest.raises(NotAnAnswer, match="less than 11.0 seconds ago"):
            session.take(answer(0, 10 + SLACK + 0.001))
        assert session.round.answers == ()
        session.take(answer(0, 10 + SLACK))
        assert len(session.round.answers) == 1


def test_each_answer_is_on_the_disk_and_the_same_round_goes_on(invite: Invite) -> None:
    invitation = invite(n_trials=3)
    with opened(invitation) as session:
        for trial in range(2):
            assert session.hand_out() == trial
            session.take(answer(trial, 0.5 + trial / 4, way=trial))
    with opened(invitation) as session:
        assert session.hand_out() == 2
        assert not session.record_path.exists()
        session.take(answer(2, 0.25))
        assert session.hand_out() is None
    record = read(session.record_path)
    assert isinstance(record, Record)
    assert record.outcomes.answer.tolist() == [[0], [1], [0]]
    assert record.cost.score_seconds == 0.5 + 0.75 + 0.25


def test_a_crash_before_the_record_costs_nothing(invite: Invite) -> None:
    invitation = invite(n_trials=1)
    with opened(invitation) as session:
        session.hand_out()
        session.take(answer(0))
    session.record_path.unlink()
    with opened(invitation) as session:
        assert session.hand_out() is None
        assert session.end().n_trials == 1
    assert session.record_path.exists()


def test_a_record_that_cannot_be_written_is_written_later(
    invite: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*what: object) -> None:
        raise OSError(28, "No space left on device")

    with opened(invite(n_trials=1)) as session:
        session.hand_out()
        with monkeypatch.context() as patch, pytest.raises(OSError):
            patch.setattr("harness.human.session.write", full)
            session.take(answer(0))
        assert session.round.is_over
        session.end()
    assert session.record_path.exists()
