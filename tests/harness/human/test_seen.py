from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.dataset import Dataset
from harness.errors import NotComparable, RecordError, UsageError
from harness.human.opening import Invitation, opened
from harness.human.seen import AlreadyRecorded
from harness.human.session import Session

Invite = Callable[..., Invitation]
Played = Callable[..., Session]


def test_a_round_is_played_once(played: Played, invite: Invite) -> None:
    session = played()
    before = session.record_path.read_bytes()
    told = r"100\.00 %.*another --name.*oneshot report"
    with pytest.raises(AlreadyRecorded, match=told) as refusal, opened(invite()):
        pass
    assert refusal.value.exit_code == 0
    assert str(session.record_path) in str(refusal.value)
    assert session.record_path.read_bytes() == before
    with opened(invite(name="bob")) as other:
        assert other.hand_out() == 0


@pytest.mark.parametrize("n_trials", [2, 8])
def test_whoever_saw_the_truth_is_not_asked_again(
    played: Played, invite: Invite, n_trials: int
) -> None:
    played(n_trials=4)
    told = r"seen the truth of 4 trials.*another --task"
    with pytest.raises(UsageError, match=told), opened(invite(n_trials=n_trials)):
        pass
    with opened(invite("within-5w1s")) as session:
        assert session.hand_out() == 0


def test_a_record_of_other_episodes_stays(
    played: Played, invite: Invite, lake: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = played()
    before = session.record_path.read_bytes()
    other = replace(lake, evaluation=lake.background)
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: other)
    with pytest.raises(NotComparable, match="other episodes or pixels"), opened(invite()):
        pass
    assert session.record_path.read_bytes() == before


def test_a_damaged_record_of_the_round_is_told(played: Played, invite: Invite) -> None:
    played().record_path.write_text("{")
    with pytest.raises(RecordError, match="not a readable record"), opened(invite()):
        pass
