from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import RecordError, UsageError
from harness.human.answer import Answer, InvalidAnswer, NotNextTrial
from harness.human.answer_file import AnswerFile, answers_path
from harness.human.opening import open_session
from harness.human.person_record import person_record
from harness.human.round import Round, RoundRequest
from harness.human.session import CLOCK_TOLERANCE, RecordedElsewhere, Session
from harness.human.summary import RoundSummary
from harness.records.record import Record
from harness.records.store import read, write

Invite = Callable[..., RoundRequest]


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def answer(trial: int, seconds: float = 1, way: int = 0) -> Answer:
    return Answer(trial=trial, answer=way, seconds=seconds)


def test_a_trial_that_no_page_has_shown_cannot_be_answered(invite: Invite) -> None:
    with open_session(invite()) as session:
        for trial in range(2):
            assert session.next_trial == trial
            with pytest.raises(NotNextTrial, match=f"trial {trial} was not shown yet"):
                session.store(answer(trial))
            assert session.painted(trial) == 0
            session.store(answer(trial))
        for other in (1, 3):
            with pytest.raises(NotNextTrial, match="trial 2 is next"):
                session.painted(other)


def test_a_reaction_time_cannot_exceed_the_time_since_the_trial_was_shown(invite: Invite) -> None:
    clock = Clock()
    with open_session(invite()) as first:
        setup = replace(first.setup, clock=clock)
        file = AnswerFile(answers_path(first.round.identity, first.setup.results))
        session = Session(first.round, file, setup)
        assert session.next_trial == 0
        clock.now += 100  # in a hidden tab
        assert session.painted(0) == 0
        clock.now += 10
        # another tab, or a reload, does not restart the clock
        assert session.painted(0) == 10
        with pytest.raises(InvalidAnswer, match="less than 11.0 seconds ago"):
            session.store(answer(0, 10 + CLOCK_TOLERANCE + 0.001))
        assert session.round.answers == ()
        session.store(answer(0, 10 + CLOCK_TOLERANCE))
        assert len(session.round.answers) == 1


def test_each_answer_is_on_disk_and_the_round_continues(invite: Invite) -> None:
    request = invite(n_trials=3)
    with open_session(request) as session:
        for trial in range(2):
            session.painted(trial)
            session.store(answer(trial, 0.5 + trial / 4, way=trial))
    with open_session(request) as session:
        left = session.next_trial
        assert left == 2
        session.painted(left)
        session.store(answer(2, 0.25))
        assert session.next_trial is None
        assert not session.record_path.exists()
        session.end()
    record = read(session.record_path)
    assert isinstance(record, Record)
    assert record.outcomes.answer.tolist() == [[0], [1], [0]]
    assert record.cost.score_seconds == 0.5 + 0.75 + 0.25


def test_a_crash_before_the_record_loses_nothing(invite: Invite) -> None:
    request = invite(n_trials=1)
    with open_session(request) as session:
        session.painted(0)
        session.store(answer(0))
    assert not session.record_path.exists()
    with open_session(request) as session:
        assert session.next_trial is None
        assert session.end().n_trials == 1
    assert session.record_path.exists()


def test_a_record_that_cannot_be_written_is_written_later(
    invite: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*what: object) -> None:
        raise OSError(28, "No space left on device")

    with open_session(invite(n_trials=1)) as session:
        session.painted(0)
        session.store(answer(0))
        message = "cannot write .*seed-0.json: No space left.*the same command again"
        with monkeypatch.context() as patch, pytest.raises(RecordError, match=message):
            patch.setattr("harness.human.session.write", full)
            session.end()
        assert session.round.is_over
        session.end()
    assert session.record_path.exists()


def test_a_summary_that_failed_is_computed_again_and_the_record_is_kept(invite: Invite) -> None:
    failures = iter([RecursionError("a bug")])

    def summarize(played: Round, record: Record) -> RoundSummary:
        for failure in failures:
            raise failure
        return first.setup.summarize(played, record)

    with open_session(invite(n_trials=1)) as first:
        file = AnswerFile(answers_path(first.round.identity, first.setup.results))
        session = Session(first.round, file, replace(first.setup, summarize=summarize))
        session.painted(0)
        session.store(answer(0))
        with pytest.raises(RecursionError):
            session.end()
        assert session.record_path.exists()
        assert session.end().n_trials == 1


def test_a_record_that_another_process_wrote_is_not_overwritten(
    invite: Invite, tmp_path: Path
) -> None:
    """This happens in a results folder that is synchronised with another machine."""
    with open_session(invite(n_trials=1)) as session:
        session.painted(0)
        session.store(answer(0, way=1))
        other = person_record(replace(session.round, answers=(answer(0, way=2),)))
        write(other, session.setup.results)
        message = rf"seed-0\.json during this round.*stored in {tmp_path}\S+\.jsonl: .*move that"
        with pytest.raises(RecordedElsewhere, match=message) as refusal:
            session.end()
        assert refusal.value.exit_code == 2
    kept = read(session.record_path)
    assert isinstance(kept, Record)
    assert kept.outcomes.answer.tolist() == [[2]]


@pytest.mark.parametrize("n_trials", [1, 3])
def test_a_round_of_another_length_finished_meanwhile_forbids_a_record(
    invite: Invite, n_trials: int
) -> None:
    with open_session(invite(n_trials=2)) as session:
        for trial in range(2):
            session.painted(trial)
            session.store(answer(trial))
        record = person_record(session.round)
        other = replace(record, identity=replace(record.identity, n_episodes=n_trials))
        write(other, session.setup.results)
        with pytest.raises(UsageError, match="has seen the truth of 2 trials"):
            session.end()
        assert not session.record_path.exists()
