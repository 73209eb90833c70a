from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness import Dataset, Task
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.protocol.episodes import deal
from methods.l2_1nn import EuclideanNeighbour
from tasks import across
from tests.benchmarks.tutorial import answer_all

N_TUTORIAL = 200
"""Tasks of the tutorial's loop that are timed; its cost per task does not depend on how many."""


@pytest.mark.real
@pytest.mark.parametrize("n_way", [20, 60])
def test_l2_1nn_against_the_tutorials_loop(
    omniglot: Dataset, side_by_side, ratios, n_way: int
) -> None:
    task = Task(family="across", n_way=n_way, n_shot=1)
    dealt = deal(across.draw(omniglot, task, 2000, seed=0), omniglot.evaluation, seed=0)
    episodes = dealt.episodes
    _ = episodes.pool.words
    images = episodes.pool.ink().astype(np.float64)  # the tutorial holds floats in memory
    few = episodes[:N_TUTORIAL]

    def loop() -> list[int]:
        return answer_all(images, few.support[:, :, 0], few.query[:, 0])

    def ours() -> np.ndarray:
        return EuclideanNeighbour().score(episodes)

    scores = ours()[:N_TUTORIAL, 0]
    assert (scores[np.arange(N_TUTORIAL), loop()] == scores.max(axis=1)).all()
    per_task = side_by_side(loop, ours) * len(episodes) / N_TUTORIAL
    ratios.add(
        f"l2-1nn against the tutorial's loop, {n_way}-way", per_task, ">= 50", per_task >= 50
    )


@pytest.mark.real
def test_omniglot_first_and_later(
    omniglot: Dataset, benchmark, ratios, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from time import perf_counter

    firsts: list[float] = []
    laters: list[float] = []
    for turn in range(3):
        monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / str(turn)))
        for seconds in (firsts, laters):
            started = perf_counter()
            load_dataset("omniglot", Plugins())
            seconds.append(perf_counter() - started)
    benchmark.pedantic(lambda: load_dataset("omniglot", Plugins()), rounds=5)
    ratio = float(np.median(firsts) / np.median(laters))
    ratios.add("omniglot, first load against later load", ratio, ">= 30", ratio >= 30)
    ratios.add(
        "omniglot, first load", float(np.median(firsts)), "<= 6", np.median(firsts) <= 6, "s"
    )
    ratios.add(
        "omniglot, later load", float(np.median(laters)), "<= 0.2", np.median(laters) <= 0.2, "s"
    )


@pytest.mark.parametrize("command", ["--help", "list"])
def test_start_up_against_importing_numpy(side_by_side, ratios, command: str) -> None:
    oneshot = shutil.which("oneshot", path=os.path.dirname(sys.executable))
    assert oneshot is not None

    def ours() -> None:
        subprocess.run([oneshot, command], check=True, stdout=subprocess.DEVNULL)

    def numpy() -> None:
        subprocess.run([sys.executable, "-c", "import numpy"], check=True)

    ratio = side_by_side(ours, numpy, rounds=9)
    ratios.add(f"oneshot {command} against importing numpy", ratio, "<= 1.6", ratio <= 1.6)


@pytest.mark.real
def test_drawing_episodes(omniglot: Dataset, side_by_side, ratios) -> None:
    task = Task(family="across", n_way=20, n_shot=1)

    def ours() -> object:
        return across.draw(omniglot, task, 10_000, seed=0)

    def one_at_a_time() -> None:
        rng = np.random.default_rng(0)
        for _ in range(1000):
            classes = rng.choice(len(omniglot.evaluation.classes), 20, replace=False)
            sources = rng.integers(0, 20, 20)
            first, second = rng.choice(20, 2, replace=False)
            rows = omniglot.evaluation.rows_of_class[classes, sources]
            rows[0] = omniglot.evaluation.rows_of_class[classes[0], first]
            _ = omniglot.evaluation.rows_of_class[classes[0], second]

    ratio = side_by_side(one_at_a_time, ours) * 10
    ratios.add("drawing 10,000 episodes, against one at a time", ratio, ">= 1", ratio >= 1)
    from time import perf_counter

    started = perf_counter()
    ours()
    seconds = perf_counter() - started
    ratios.add("drawing 10,000 20-way episodes", seconds, "<= 0.5", seconds <= 0.5, "s")
