"""A results folder with many records, made without measuring anything.

Run as ``python -m tests.benchmarks.many_records FOLDER N``: N records of 2,000 queries each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from harness.outcome import Outcomes
from harness.record_json import to_json
from harness.records import Cost, Identity, Record, Reference
from harness.store import place

N_QUERIES, N_WAY, N_ALPHABETS = 2000, 20, 20
N_SEEDS, N_TASKS = 100, 20
DRAWN = 4
"""Different answers for each method and task; its seeds take them in turn."""


def identities(n_records: int) -> Iterator[tuple[Identity, int]]:
    """Yield the identity of each record, and its method's number."""
    n_methods = -(-n_records // (N_SEEDS * N_TASKS))
    left = n_records
    for method, task in product(range(n_methods), range(N_TASKS)):
        for seed in range(min(N_SEEDS, left)):
            left -= 1
            yield (
                Identity(
                    dataset="made",
                    fingerprint="f0" * 32,
                    task=f"across-{2 + task}w{5 if task % 2 else 1}s",
                    n_episodes=None,
                    method=f"method-{method // 5}",
                    settings={"width": str(method % 5)} if method % 5 else {},
                    seed=seed,
                ),
                method,
            )


def record(identity: Identity, skill: float, rng: np.random.Generator) -> Record:
    """Make a record that is right as often as ``skill`` says, in each alphabet a little off."""
    cluster = np.arange(N_QUERIES) % N_ALPHABETS
    ease = np.random.default_rng(7).normal(0, 0.05, N_ALPHABETS)
    right = rng.random(N_QUERIES) < np.clip(skill + ease[cluster], 0, 1)
    scores = rng.normal(size=(2, N_QUERIES, 1)).astype(np.float32)
    return Record(
        identity=identity,
        synthetic=True,
        seeded=True,
        transductive=False,
        framework="numpy",
        configuration={"width": int(identity.settings.get("width", 0))},
        source="c" * 64,
        n_way=N_WAY,
        n_shot=1,
        manifest=f"manifest of {identity.task}",
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


def make(results: Path, n_records: int) -> None:
    """Write the records; not one by one to the disk, as ``harness.store`` would."""
    texts: dict[int, str] = {}
    for identity, method in identities(n_records):
        if identity.seed < DRAWN:
            rng = np.random.default_rng([method, identity.seed, len(identity.task)])
            made = record(replace(identity, seed=987654321), 0.5 + method / 200, rng)
            texts[identity.seed] = to_json(made)
        path = place(identity, results)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = texts[identity.seed % DRAWN]
        path.write_text(text.replace("987654321", str(identity.seed)), encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
