"""Refuses rounds whose truth the person has seen, because the end of a round shows it."""

from __future__ import annotations

from dataclasses import replace
from glob import escape
from pathlib import Path
from shlex import quote

from harness.errors import NotComparable, OneShotError, UsageError
from harness.human.round import Round
from harness.records.record import Identity, Record
from harness.records.store import read, record_path


class AlreadyRecorded(OneShotError):
    """A round that the person has already finished."""

    exit_code = 0


def refuse_seen(played: Round, results: Path) -> None:
    """Refuse a round if the person has seen the truth of any of its trials.

    Raises:
        AlreadyRecorded: this round is recorded.
        NotComparable: the record at this round's path is of other episodes or pixels.
        UsageError: a longer or shorter round on the same task is recorded.
        RecordError: a record of the person is damaged.
    """
    ours, own = played.identity, record_path(played.identity, results)
    for path in task_record_paths(ours, results):
        if path.parent.name != own.parent.name:  # another method, or person
            continue
        record = read(path)
        # a failure shows no truth
        if not isinstance(record, Record):
            continue
        if path == own:
            raise _recorded(record, played, path, results)
        if replace(record.identity, n_episodes=ours.n_episodes) == ours:
            raise UsageError(
                f"{ours.choice} has seen the truth of {record.outcomes.right.size} trials of this "
                f"task ({path}), and a round of {len(played.trials)} begins with them; give "
                "another --task, or another person's --name"
            )


def _recorded(record: Record, played: Round, path: Path, results: Path) -> OneShotError:
    if record.manifest != played.trials.dealt.key.manifest:
        return NotComparable(
            f"{path} holds answers to other episodes or pixels; it was not changed: give another "
            "--name or --results"
        )
    shown = quote(str(results))
    return AlreadyRecorded(
        f"{played.identity.choice} has finished this round with {record.outcomes.percent:.2f} %: "
        f"{path}; for another person give another --name; next: oneshot report --results {shown}"
    )


def task_record_paths(identity: Identity, results: Path) -> list[Path]:
    """Return the paths of the records of the same dataset and task, of every method."""
    whole = record_path(replace(identity, n_episodes=None), results).parent.parent
    shorter = sorted(whole.parent.glob(f"{escape(whole.name)}-*-episodes"))
    return [
        path
        for folder in (whole, *shorter)
        for path in sorted(folder.glob("*/seed-*.json"))
        if not path.name.endswith(".failed.json")
    ]
