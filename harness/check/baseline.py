"""Updating the baseline: copying results into it, and what that changes."""

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
    """How an update changes one record of the baseline.

    Attributes:
        identity: the dataset, task, method and seed of the record.
        how: ``failed`` if the last run failed, so that the baseline's record stays; ``kept`` if
            the results do not have the record.
        path: the record's file in the baseline.
        before: the accuracy of the old record in percent; None if there was no record.
        after: the accuracy of the new record in percent; None if there is no record.
        dearer: the costs that grew by more than a check allows, in words.
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
    """Copy the records of a results folder into the baseline, but no failures.

    Every file is read before the first is written.

    Raises:
        UsageError: the results are missing, or are the baseline itself; or the selection names a
            method or task that they do not have.
        RecordError: a file of either folder is damaged, or has a newer schema.
        NothingToDo: the results hold no record.
    """
    check_folders(baseline, results)
    found = list(read_all(results))
    if not any(isinstance(result, Record) for result in found):
        raise NothingToDo(
            f"there are no records in {results / 'records'}; make some: oneshot run "
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
