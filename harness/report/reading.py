"""Reading a results folder for a report, within a gigabyte however many records there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from sys import intern
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.protocol.outcome import Outcomes
from harness.records.record import Failure, Record
from harness.records.repetitions import variant_of
from harness.records.store import read, record_files

Shape = tuple[int, ...]


def results_of(results: Path) -> Iterator[Record | Failure]:
    """Yield every result; of the seeds of each row of the leaderboard the first one whole.

    Of the others only what earns points is kept: the gallery alone shows answers, and those of the
    first seed.

    Raises:
        RecordError: one is damaged, or of a schema this version does not know.
    """
    shared = _SharedParts()
    for _, files in groupby(record_files(results), key=lambda path: path.parent):
        whole: set[object] = set()
        for path in sorted(files, key=_seed):
            result = read(path, scores=False)
            if not isinstance(result, Record):
                yield result
                continue
            row = (variant_of(result), result.manifest)
            if row in whole:
                yield shared.points_only(result)
            else:
                whole.add(row)
                yield read(path)


def _seed(path: Path) -> tuple[int, str]:
    number = path.name.partition(".")[0].rpartition("-")[2]
    return (int(number) if number.isdigit() else 0, path.name)


class _SharedParts:
    """Keeps once what many records have in common."""

    def __init__(self) -> None:
        self._clusters: dict[bytes, NDArray[Any]] = {}
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._environments: dict[str, Mapping[str, Any]] = {}

    def points_only(self, record: Record) -> Record:
        """Return a record without its answers; ties and points are as they were."""
        spelled = json.dumps(record.environment)
        return replace(
            record,
            manifest=intern(record.manifest),
            source=intern(record.source),
            outcomes=_earned(record.outcomes),
            cluster=self._clusters.setdefault(record.cluster.tobytes(), record.cluster),
            clusters=self._names.setdefault(record.clusters, record.clusters),
            environment=self._environments.setdefault(spelled, record.environment),
        )


def _earned(outcomes: Outcomes) -> Outcomes:
    shape = outcomes.answer.shape
    tied = outcomes.tied
    return Outcomes(
        answer=_filled(0, shape),
        tied=_filled(1, shape) if (tied == 1).all() else tied,
        right=outcomes.right,
    )


@lru_cache(maxsize=64)
def _filled(value: int, shape: Shape) -> NDArray[np.uint16]:
    """Return an array of one value, which takes no room."""
    return np.broadcast_to(np.uint16(value), shape)
