"""Moving the baseline: results become what later ones are held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.check.check import Selection
from harness.errors import NothingToDo
from harness.records import Identity, Record
from harness.store import place, read, read_all, write

How = Literal["new", "same answers", "other answers", "kept"]


@dataclass(frozen=True, kw_only=True)
class Move:
    """What moving the baseline does to one of its records.

    Attributes:
        identity: what the record is of.
        how: ``kept`` where the results have none of it.
        before: accuracy in percent of the baseline's record, where there was one.
        after: that of the record which stands there now.
    """

    identity: Identity
    how: How
    before: float | None
    after: float


def update(baseline: Path, results: Path, selection: Selection) -> tuple[Move, ...]:
    """Copy the records of a results folder into the baseline; failures are no baseline.

    Nothing is written before all of it was read.

    Raises:
        RecordError: a file of either is damaged, or of a newer schema.
        NothingToDo: the results hold no record of those selected.
    """
    records = [
        result
        for result in read_all(results)
        if isinstance(result, Record) and selection.takes(result)
    ]
    if not records:
        raise NothingToDo(
            f"there are no records in {results / 'records'} to take; make some: oneshot run "
            f"--results {results}"
        )
    moves = tuple([*(_move(record, baseline) for record in records), *_kept(baseline, records)])
    for record in records:
        write(record, baseline)
    return moves


def _move(record: Record, baseline: Path) -> Move:
    path = place(record.identity, baseline)
    old = read(path) if path.exists() else None
    before = old if isinstance(old, Record) else None
    return Move(
        identity=record.identity,
        how="new" if before is None else _how(before, record),
        before=None if before is None else before.outcomes.percent,
        after=record.outcomes.percent,
    )


def _how(before: Record, after: Record) -> How:
    same = before.manifest == after.manifest and not before.outcomes.differs(after.outcomes).any()
    return "same answers" if same else "other answers"


def _kept(baseline: Path, records: list[Record]) -> Iterator[Move]:
    moved = {place(record.identity, baseline) for record in records}
    for old in read_all(baseline):
        if isinstance(old, Record) and place(old.identity, baseline) not in moved:
            percent = old.outcomes.percent
            yield Move(identity=old.identity, how="kept", before=percent, after=percent)
