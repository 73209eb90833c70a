"""A small dataset that plugins find, and records of methods that answered its episodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import Dataset
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.outcome import judge
from harness.records.record import Record
from harness.records.repetitions import read_task
from harness.report.report import report

Make = Callable[..., Any]
ROOT = Path(__file__).parents[4]

TINY = '''
"""A dataset of blobs, each character drawn four times."""

import numpy as np

from harness import Dataset, DatasetSpec, Images, Split, hookimpl


def blobs(seed):
    rng = np.random.default_rng(seed)
    ink = rng.random((30, 1, 21, 21)) < 0.3
    ink = ink ^ (rng.random((30, 4, 21, 21)) < 0.1)
    return Split(
        images=Images.from_ink(ink.reshape(-1, 21, 21)),
        label=np.repeat(np.arange(30, dtype=np.int32), 4),
        source=np.tile(np.arange(4, dtype=np.int32), 30),
        group=np.repeat(np.arange(6, dtype=np.int32), 5),
        groups=tuple(f"Alphabet_{a}" for a in range(6)),
        classes=tuple(f"Alphabet_{c // 5}/character{c % 5:02d}" for c in range(30)),
    )


def load(argument):
    return Dataset(name="tiny", synthetic=False, background=blobs(1), evaluation=blobs(2))


@hookimpl
def oneshot_dataset():
    return DatasetSpec(name="tiny", load=load)
'''


@pytest.fixture(scope="session")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Plugins:
    """Plugins that know the dataset ``tiny``."""
    path = tmp_path_factory.mktemp("plugins") / "tiny.py"
    path.write_text(TINY, encoding="utf-8")
    return Plugins((path,))


@pytest.fixture(scope="session")
def answer(make_record: Make, plugins: Plugins) -> Make:
    """A function that makes the record of a method which is right by luck as often as asked.

    Scores of few ``digits`` have ties.
    """

    def make(
        method: str,
        task: str = "across-5w1s",
        *,
        share: float = 0.5,
        seed: int = 0,
        n_episodes: int | None = 60,
        luck: int = 0,
        digits: int = 9,
        **how: Any,
    ) -> Record:
        dataset = load_dataset("tiny", plugins)
        ready = dealt(dataset, read_task(task), n_episodes, plugins)
        truth = ready.key.truth
        rng = np.random.default_rng([luck, seed, len(method)])
        scores = rng.random((*truth.shape, ready.episodes.n_way)).round(digits)
        right = rng.random(truth.shape) < share
        np.put_along_axis(scores, truth[:, :, None], np.where(right, 2.0, -1.0)[:, :, None], axis=2)
        made: Record = make_record(
            method,
            task=task,
            dataset="tiny",
            fingerprint=dataset.fingerprint,
            n_episodes=n_episodes,
            seed=seed,
            **how,
        )
        return replace(
            made,
            manifest=ready.key.manifest,
            outcomes=judge(scores, truth),
            cluster=ready.key.cluster,
            clusters=ready.key.clusters,
        )

    return make


@pytest.fixture(scope="session")
def committed(omniglot: Dataset, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the committed records."""
    results = tmp_path_factory.mktemp("committed")
    for part in ("records", "curves"):
        (results / part).symlink_to(ROOT / "results" / part)
    report(results, Plugins())
    return (results / "site" / "index.html").read_text(encoding="utf-8")
