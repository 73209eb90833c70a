from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import NotComparable, RecordError, UsageError
from harness.human.answer_file import lock_rounds
from harness.human.opening import open_session
from harness.human.round import RoundRequest
from harness.human.seen import AlreadyRecorded
from harness.human.session import Session
from harness.protocol.dataset import Dataset
from harness.records.record import Identity

Invite = Callable[..., RoundRequest]
Played = Callable[..., Session]


def test_a_round_is_played_once(played: Played, invite: Invite) -> None:
    session = played()
    before = session.record_path.read_bytes()
    message = r"100\.00 %.*another --name.*oneshot report"
    with pytest.raises(AlreadyRecorded, match=message) as refusal, open_session(invite()):
        pass
    assert refusal.value.exit_code == 0
    assert str(session.record_path) in str(refusal.value)
    assert session.record_path.read_bytes() == before
    with open_session(invite(name="bob")) as other:
        assert other.next_trial == 0


@pytest.mark.parametrize("n_trials", [2, 8])
def test_seen_truth_forbids_a_round_of_another_length(
    played: Played, invite: Invite, n_trials: int
) -> None:
    played(n_trials=4)
    message = r"seen the truth of 4 trials.*another --task"
    with pytest.raises(UsageError, match=message), open_session(invite(n_trials=n_trials)):
        pass
    with open_session(invite("within-5w1s")) as session:
        assert session.next_trial == 0


def test_rounds_of_two_lengths_cannot_be_open_together(invite: Invite) -> None:
    """The end of the shorter round shows the truth of trials of the longer one."""
    refused = pytest.raises(UsageError, match="another oneshot human")
    with open_session(invite(n_trials=4)), refused, open_session(invite(n_trials=8)):
        pass


def test_seen_truth_is_looked_up_under_the_lock(
    played: Played, invite: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round that ends between look-up and lock would go unnoticed."""

    @contextmanager
    def late(identity: Identity, results: Path) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr("harness.human.opening.lock_rounds", lock_rounds)
            played(n_trials=8)
        with lock_rounds(identity, results):
            yield

    monkeypatch.setattr("harness.human.opening.lock_rounds", late)
    with pytest.raises(UsageError, match="seen the truth of 8"), open_session(invite(n_trials=4)):
        pass


def test_a_record_of_other_episodes_is_kept(
    played: Played, invite: Invite, lake: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = played()
    before = session.record_path.read_bytes()
    other = replace(lake, evaluation=lake.background)
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: other)
    with pytest.raises(NotComparable, match="other episodes or pixels"), open_session(invite()):
        pass
    assert session.record_path.read_bytes() == before


def test_a_damaged_record_of_the_round_is_an_error(played: Played, invite: Invite) -> None:
    played().record_path.write_text("{")
    with pytest.raises(RecordError, match="not a readable record"), open_session(invite()):
        pass
