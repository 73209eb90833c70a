"""Moving the baseline: results become what later ones are held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.check.check import check_folders
from harness.check.costs import Tolerance, costs
from harness.check.finding import Mark
from harness.errors import NothingToDo
from harness.records.record import Failure, Identity, Record
from harness.records.selection import Selection
from harness.records.store import read_all, record_path, write

How = Literal["new", "same answers", "other answers", "other episodes", "failed", "kept"]


@dataclass(frozen=True, kw_only=True)
class Move:
    """What moving the baseline does to one of its records.

    Attributes:
        identity: what the record is of.
        how: ``failed`` where the last run did, so that the baseline's stays; ``kept`` where the
            results have none of it.
        path: the record's file in the baseline.
        before: accuracy in percent of the baseline's record, where there was one.
        after: that of the record which stands there now, where there is one.
        dearer: what costs more than a check would allow, in words.
    """

    identity: Identity
    how: How
    path: Path
    before: float | None = None
    after: float | None = None
    dearer: tuple[str, ...] = ()


def update(
    baseline: Path, results: Path, selection: Selection, tolerance: Tolerance | None = None
) -> tuple[Move, ...]:
    """Copy the records of a results folder into the baseline; failures are no baseline.

    Nothing is written before all of it was read.

    Raises:
        UsageError: the results are not there, or are the baseline itself; or the selection names
            what they do not have.
        RecordError: a file of either is damaged, or of a newer schema.
        NothingToDo: the results hold no record.
    """
    check_folders(baseline, results)
    found = list(read_all(results))
    if not any(isinstance(result, Record) for result in found):
        raise NothingToDo(
            f"there are no records in {results / 'records'} to take; make some: oneshot run "
            f"--results {results}"
        )
    found = list(filter(selection.of(found).takes, found))
    failed = {str(result.identity.path): result for result in found if isinstance(result, Failure)}
    records = [
        result
        for result in found
        if isinstance(result, Record) and str(result.identity.path) not in failed
    ]
    known = _known(baseline)
    moves = (
        *(_move(record, baseline, known, tolerance or Tolerance()) for record in records),
        *(_failed(failure, baseline) for failure in failed.values()),
        *_kept(baseline, known, {str(record.identity.path) for record in records} | set(failed)),
    )
    for record in records:
        write(record, baseline)
    return moves


def _known(baseline: Path) -> dict[str, Record]:
    records = (result for result in read_all(baseline) if isinstance(result, Record))
    return {str(record.identity.path): record for record in records}


def _move(record: Record, baseline: Path, known: dict[str, Record], tolerance: Tolerance) -> Move:
    before = known.get(str(record.identity.path))
    path, percent = record_path(record.identity, baseline), record.outcomes.percent
    if before is None:
        return Move(identity=record.identity, how="new", path=path, after=percent)
    return Move(
        identity=record.identity,
        how=_how(before, record),
        path=path,
        before=before.outcomes.percent,
        after=percent,
        dearer=tuple(
            f"{finding.aspect} {finding.text}"
            for finding in costs([before], [record], tolerance)
            if finding.mark is Mark.REGRESSED
        ),
    )


def _how(before: Record, after: Record) -> How:
    if before.manifest != after.manifest:
        return "other episodes"
    same = not before.outcomes.differs(after.outcomes).any()
    return "same answers" if same else "other answers"


def _failed(failure: Failure, baseline: Path) -> Move:
    return Move(
        identity=failure.identity, how="failed", path=record_path(failure.identity, baseline)
    )


def _kept(baseline: Path, known: dict[str, Record], moved: Iterable[str]) -> Iterator[Move]:
    for path, record in known.items():
        if path not in moved:
            percent = record.outcomes.percent
            yield Move(
                identity=record.identity,
                how="kept",
                path=record_path(record.identity, baseline),
                before=percent,
                after=percent,
            )
