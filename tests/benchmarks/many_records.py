"""A results folder with many records of 2,000 queries each, made without measuring anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from harness.protocol.dataset import DatasetId
from harness.protocol.outcome import Outcomes
from harness.records.record import Cost, Identity, Record, Reference
from harness.records.record_json import to_json
from harness.records.store import record_path

N_QUERIES, N_WAY, N_ALPHABETS = 2000, 20, 20
N_SEEDS, N_TASKS, N_SETTINGS = 100, 20, 5
DRAWN = 4
"""Different answers for each method with settings and task; its seeds take them in turn."""
METHODS = tuple(f"method-{number}" for number in range(10))
"""What methods are called where there are 100,000 records; each has five settings."""
MADE = DatasetId(name="made", fingerprint="f0" * 32, synthetic=True)
TASKS = tuple(f"across-{2 + number}w{5 if number % 2 else 1}s" for number in range(N_TASKS))
CODE = "c" * 64


def identities(n_records: int) -> Iterator[tuple[Identity, int]]:
    """Yield the identity of each record, and its method's number."""
    n_methods = -(-n_records // (N_SEEDS * N_TASKS))
    left = n_records
    for method, task in product(range(n_methods), TASKS):
        for seed in range(min(N_SEEDS, left)):
            left -= 1
            yield (
                Identity(
                    dataset=MADE,
                    task=task,
                    n_episodes=None,
                    method=f"method-{method // N_SETTINGS}",
                    settings={"width": str(method % N_SETTINGS)} if method % N_SETTINGS else {},
                    seed=seed,
                ),
                method,
            )


def record(
    identity: Identity, skill: float, rng: np.random.Generator, source: str, manifest: str
) -> Record:
    """Make a record that is right as often as ``skill`` says, in each alphabet a little off."""
    cluster = np.arange(N_QUERIES) % N_ALPHABETS
    ease = np.random.default_rng(7).normal(0, 0.05, N_ALPHABETS)
    right = rng.random(N_QUERIES) < np.clip(skill + ease[cluster], 0, 1)
    scores = rng.normal(size=(2, N_QUERIES, 1)).astype(np.float32)
    return Record(
        identity=identity,
        seeded=True,
        transductive=False,
        framework="numpy",
        configuration={"width": int(identity.settings.get("width", 0))},
        source=source,
        n_way=N_WAY,
        n_shot=1,
        manifest=manifest,
        outcomes=Outcomes(
            answer=rng.integers(0, N_WAY, (N_QUERIES, 1)),
            tied=np.ones((N_QUERIES, 1), np.int64),
            right=right[:, None],
            answer_score=scores.max(axis=0),
            true_score=scores.min(axis=0),
        ),
        cluster=cluster,
        clusters=tuple(f"Alphabet {number}" for number in range(N_ALPHABETS)),
        cost=Cost(
            fit_seconds=1.5,
            score_seconds=0.02,
            embedded=None,
            peak_memory=100_000_000,
            parameters=1000,
            reference=Reference(seconds=0.003, memory=50_000_000),
        ),
        environment={
            "machine": {"system": "Linux x86_64", "processor": "A Processor", "cores": 2},
            "versions": {"python": "3.11.9", "numpy": "2.0.0"},
            "commit": "0123abcd",
        },
    )


def make(
    results: Path,
    n_records: int,
    sources: Mapping[str, str] | None = None,
    manifests: Mapping[str, str] | None = None,
) -> None:
    """Write the records; not one by one to the disk, as ``harness.records.store`` would.

    Args:
        results: the folder.
        n_records: how many.
        sources: the hash of each method's code; one that no code has unless given.
        manifests: of each task; none that any episodes have unless given.
    """
    texts: dict[int, str] = {}
    for identity, method in identities(n_records):
        if identity.seed < DRAWN:
            rng = np.random.default_rng(list(str(identity.path).encode()))
            made = record(
                replace(identity, seed=987654321),
                0.5 + method / 200,
                rng,
                (sources or {}).get(identity.method, CODE),
                (manifests or {}).get(identity.task, f"manifest of {identity.task}"),
            )
            texts[identity.seed] = to_json(made)
        path = record_path(identity, results)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = texts[identity.seed % DRAWN]
        path.write_text(text.replace("987654321", str(identity.seed)), encoding="utf-8")
