"""A baseline and new results, into which tests plant regressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.records.record import Record
from harness.records.store import record_path, write

N_TRIALS = 400


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Two results folders that start with the same records.

    ``fixed`` has no randomness and one seed; ``trained`` has three seeds that scatter by half a
    point; both answered lake-400.
    """

    baseline: Path
    results: Path
    make: Callable[..., Record]

    def change(self, method: str, how: Callable[[Record], Record | None]) -> None:
        """Replace each record of a method in the results by ``how(record)``; None deletes it."""
        for record in self.records(method):
            record_path(record.identity, self.results).unlink()
            changed = how(record)
            if changed is not None:
                write(changed, self.results)

    def records(self, method: str) -> Iterator[Record]:
        seeds = (0,) if method == "fixed" else (0, 1, 2)
        for seed in seeds:
            yield self.make(method, seed)


def flipped(n_trials: int, *, to: bool = False) -> Callable[[Record], Record]:
    """Return a change that makes so many right trials wrong, or wrong ones right."""

    def how(record: Record) -> Record:
        right = record.outcomes.right.copy()
        right[np.flatnonzero(right[:, 0] != to)[:n_trials]] = to
        answer = np.where(right == record.outcomes.right, record.outcomes.answer, 1)
        return replace(record, outcomes=replace(record.outcomes, right=right, answer=answer))

    return how


def costing(**factors: float) -> Callable[[Record], Record]:
    """Return a change that multiplies costs."""

    def how(record: Record) -> Record:
        cost = record.cost
        changed: dict[str, Any] = {
            name: type(getattr(cost, name))(getattr(cost, name) * factor)
            for name, factor in factors.items()
        }
        return replace(record, cost=replace(cost, **changed))

    return how


@pytest.fixture
def planted(make_record: Callable[..., Record], tmp_path: Path) -> Planted:
    def make(method: str, seed: int) -> Record:
        return make_record(
            method,
            task="lake-400",
            seed=seed,
            seeded=method == "trained",
            n_queries=N_TRIALS,
            n_clusters=20,
            right=300 if method == "fixed" else 380 + 2 * (seed - 1),
            cost={"score_seconds": 0.8, "peak_memory": 110_000_000},
        )

    both = Planted(baseline=tmp_path / "baseline", results=tmp_path / "results", make=make)
    for method in ("fixed", "trained"):
        for record in both.records(method):
            write(record, both.baseline)
            write(record, both.results)
    return both
