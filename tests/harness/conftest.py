"""Results made by hand, for tests of what is made of results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from harness.protocol.dataset import DatasetId
from harness.protocol.outcome import Outcomes
from harness.protocol.settings import parse_method
from harness.records.record import Cost, Failure, Identity, Record, Reference
from harness.records.repetitions import read_task

MakeRecord = Callable[..., Record]
MakeFailure = Callable[..., Failure]
ENVIRONMENT = {
    "machine": {"system": "Linux x86_64", "processor": "A Processor", "cores": 2},
    "versions": {"python": "3.11.9", "numpy": "2.0.0"},
    "commit": "0123abcd",
}


def make_identity(
    method: str = "l2-1nn",
    task: str = "across-5w1s",
    dataset: str = "omniglot",
    fingerprint: str = "f0f0f0f0f0f0",
    synthetic: bool = False,
    n_episodes: int | None = None,
    seed: int = 0,
) -> Identity:
    """Make an identity; ``method`` may have settings in brackets."""
    choice = parse_method(method)
    return Identity(
        dataset=DatasetId(name=dataset, fingerprint=fingerprint, synthetic=synthetic),
        task=task,
        n_episodes=n_episodes,
        method=choice.name,
        settings=dict(choice.pairs),
        seed=seed,
    )


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """A function that makes a record of 20 episodes in 5 clusters, of which ``right`` are right."""

    def make(
        *args: Any,
        right: float = 10,
        n_queries: int = 20,
        n_clusters: int = 5,
        manifest: str | None = None,
        source: str = "c" * 64,
        seeded: bool = False,
        transductive: bool = False,
        cost: Mapping[str, Any] | None = None,
        environment: Mapping[str, Any] = ENVIRONMENT,
        **identity: Any,
    ) -> Record:
        asked = make_identity(*args, **identity)
        task = read_task(asked.task)
        tied = np.ones((n_queries, 1), np.int64)
        if right % 1:  # a half is a tie of two
            tied[int(right)] = 2
        spent = {
            "fit_seconds": 1.5,
            "score_seconds": 0.02,
            "embedded": None,
            "peak_memory": 100_000_000,
            "parameters": 0,
            "reference": Reference(seconds=0.003, memory=50_000_000),
        }
        return Record(
            identity=asked,
            seeded=seeded,
            transductive=transductive,
            framework="numpy",
            configuration=dict(asked.settings),
            source=source,
            n_way=task.n_way or 20,
            n_shot=task.n_shot or 1,
            manifest=manifest or f"manifest of {asked.task} {asked.n_episodes}",
            outcomes=Outcomes(
                answer=np.zeros_like(tied),
                tied=tied,
                right=(np.arange(n_queries) < right)[:, None],
            ),
            cluster=np.arange(n_queries) % n_clusters,
            clusters=tuple(f"cluster {number}" for number in range(n_clusters)),
            cost=Cost(**{**spent, **(cost or {})}),
            environment=environment,
        )

    return make


@pytest.fixture(scope="session")
def make_failure() -> MakeFailure:
    """A function that makes a failure."""

    def make(*args: Any, reason: str = "ran out of luck", **identity: Any) -> Failure:
        return Failure(
            identity=make_identity(*args, **identity),
            reason=reason,
            details="the last words",
            environment=ENVIRONMENT,
        )

    return make
