"""What holds for every method that learns, each in its smallest preset."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from harness import Dataset, Task, Training
from harness.learning.embedding import EmbeddingMethod
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.protocol.episodes import deal
from harness.protocol.outcome import judge
from harness.protocol.settings import configure, parse_method
from harness.records.record import Record
from harness.records.store import read_all, read_curves
from methods.l2_1nn import EuclideanNeighbour
from tasks import across

LEARNED = (
    "siamese[preset=tiny,steps=3]",
    "matching[preset=tiny,steps=3]",
    "matching[preset=tiny,steps=3,fce=true]",
    "prototypical[preset=tiny,steps=3]",
    "transfer[preset=tiny,steps=3]",
)


def fitted(dataset: Dataset, text: str) -> EmbeddingMethod:
    choice = parse_method(text)
    spec = Plugins().method(choice.name)
    method = spec.build(configure(choice, spec))
    assert isinstance(method, EmbeddingMethod)
    method.fit(dataset.background, Training(seed=0))
    return method


@pytest.mark.parametrize("text", LEARNED)
def test_each_image_is_embedded_at_most_once_for_all_tasks(tiny: Dataset, text: str) -> None:
    method = fitted(tiny, text)
    seen: list[bytes] = []
    embed = method.embedder.embed

    def counted(images: np.ndarray) -> np.ndarray:
        seen.extend(image.tobytes() for image in images)
        return embed(images)

    method.embedder.embed = counted
    for n_way, n_shot in ((2, 1), (5, 1), (3, 2)):
        task = Task(family="across", n_way=n_way, n_shot=n_shot)
        episodes = deal(across.draw(tiny, task, 60, seed=0), tiny.evaluation, seed=0).episodes
        assert np.asarray(method.score(episodes)).shape == (60, 1, n_way)
    assert len(seen) == len(set(seen)) == method.n_embedded <= len(tiny.evaluation.images)


@pytest.mark.parametrize("text", ["siamese[preset=tiny]", "matching[preset=tiny]"])
def test_the_tiny_presets_of_the_quick_suite_beat_pixels_clearly(text: str) -> None:
    sketch = load_dataset("sketch", Plugins())
    task = Task(family="across", n_way=20, n_shot=1)
    dealt = deal(across.draw(sketch, task, 500, seed=0), sketch.evaluation, seed=0)
    learnt, pixels = (
        judge(np.asarray(method.score(dealt.episodes)), dealt.key.truth).credit.mean()
        for method in (fitted(sketch, text), EuclideanNeighbour())
    )
    assert learnt > pixels + 0.3, "chance is 0.05, pixels are at 0.23"


def start(results: Path, text: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "harness", "run", "--data", "sketch", "-m", text]
    command += ["-t", "across-5w1s", "--episodes", "200", "--results", str(results), *more]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def run(results: Path, text: str, *more: str) -> Record:
    ended = start(results, text, *more)
    _, told = ended.communicate(timeout=200)
    assert ended.returncode == 0, told
    (record,) = read_all(results)
    assert isinstance(record, Record)
    return record


@pytest.mark.parametrize(
    "text", ["siamese[preset=tiny,steps=150]", "matching[preset=tiny,steps=300]"]
)
def test_killed_in_training_it_resumes_and_answers_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tests_cache: Path, text: str
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (tests_cache / "datasets").mkdir(exist_ok=True)
    (cache / "datasets").symlink_to(tests_cache / "datasets")  # sketch is drawn once for all tests
    monkeypatch.setenv("ONESHOT_CACHE", str(cache))
    process = start(tmp_path / "resumed", text, "--checkpoint", "0.05")
    until = time.monotonic() + 120
    while not list(cache.glob("models/*.training/step-*/about.json")):
        assert process.poll() is None and time.monotonic() < until, process.communicate()
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert list(read_all(tmp_path / "resumed")) == [], "it was killed too late to tell anything"
    resumed = run(tmp_path / "resumed", text)
    through = run(tmp_path / "through", text, "--force")
    assert not resumed.cost.cached
    assert (resumed.outcomes.answer == through.outcomes.answer).all()
    assert (resumed.outcomes.tied == through.outcomes.tied).all()
    (one,), (other,) = (list(read_curves(tmp_path / name)) for name in ("resumed", "through"))
    assert [(p.step, p.loss, p.accuracy) for p in one.points] == [
        (p.step, p.loss, p.accuracy) for p in other.points
    ]
