from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import Dataset, Training, from_embedding, model_cache
from harness.errors import CheckpointError, DataError
from harness.fitting import Conditions, fit
from harness.model_cache import Fit, Origin, stored_models
from harness.training import Progress
from tests.support.origins import ORIGIN


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Mean:
    """Learns one number, and counts how often it is fitted."""

    n_fits = 0

    def fit(self, background, training: Training) -> None:
        Mean.n_fits += 1
        self.value = training.seed + background.images.ink().mean()

    def embed(self, images):
        return images.reshape(len(images), -1) * self.value

    def save(self, folder: Path) -> None:
        np.save(folder / "value.npy", self.value)

    def load(self, folder: Path) -> None:
        self.value = float(np.load(folder / "value.npy"))


@pytest.fixture(autouse=True)
def no_fits_yet() -> None:
    Mean.n_fits = 0


def fitted(
    tiny: Dataset, origin: Origin = ORIGIN, refit: bool = False, method: Any = None
) -> tuple[Fit, Any]:
    method = from_embedding(Mean()) if method is None else method
    done = fit(method, tiny.background, origin, Conditions(refit=refit), print)
    return done, method


def test_the_second_fit_reads_what_the_first_had_learnt(tiny: Dataset) -> None:
    first, method = fitted(tiny)
    second, again = fitted(tiny)
    assert Mean.n_fits == 1
    assert method.embedder.value == again.embedder.value
    assert (first.cached, second.cached) == (False, True)
    assert (first.seconds, first.peak_memory) == (second.seconds, second.peak_memory)


@pytest.mark.parametrize(
    "changed",
    [
        {"configuration": {"depth": 4}},
        {"source": "5eed2"},
        {"seed": 1},
        {"dataset": "other"},
        {"background": "b1b1"},
        {"versions": {"numpy": "2.0.1"}},
        {"device": "A Card"},
        {"threads": "1"},
    ],
    ids=str,
)
def test_whatever_a_model_depends_on_makes_another_model(tiny: Dataset, changed) -> None:
    fitted(tiny)
    fitted(tiny, replace(ORIGIN, **changed))
    assert Mean.n_fits == 2
    assert len(stored_models()) == 2


def test_what_is_not_to_be_kept_is_neither_kept_nor_taken(tiny: Dataset) -> None:
    for _ in range(2):
        fit(from_embedding(Mean()), tiny.background, ORIGIN, Conditions(keep=False), print)
    assert (Mean.n_fits, stored_models()) == (2, [])


def test_force_fits_again(tiny: Dataset) -> None:
    fitted(tiny)
    done, _ = fitted(tiny, refit=True)
    assert Mean.n_fits == 2 and not done.cached


def test_a_damaged_model_is_refused_until_it_is_fitted_again(tiny: Dataset) -> None:
    fitted(tiny)
    (model,) = stored_models()
    (model.folder / "value.npy").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"value.npy is damaged or foreign; .*--force"):
        fitted(tiny)
    fitted(tiny, refit=True)
    assert fitted(tiny)[0].cached


def test_a_model_moved_to_another_key_is_refused(tiny: Dataset) -> None:
    fitted(tiny)
    (model,) = stored_models()
    other = replace(ORIGIN, seed=1)
    model.folder.rename(model.folder.with_name(other.key))
    with pytest.raises(CheckpointError, match="belongs to another training"):
        fitted(tiny, other)


@pytest.mark.parametrize(
    "method", [from_embedding(lambda images: images), object()], ids=["embedding", "scores"]
)
def test_what_learns_nothing_is_not_kept(tiny: Dataset, method: object) -> None:
    done, _ = fitted(tiny, method=method)
    assert not done.cached
    assert stored_models() == []


def test_a_cache_that_cannot_be_written_is_told(
    tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="set ONESHOT_CACHE to a folder that can be written"):
        fitted(tiny)


class Slow(Mean):
    """Learns step by step; is killed in the middle when it is told to."""

    dies = True

    def fit(self, background, training: Training) -> None:
        Mean.n_fits += 1
        _, held = background.hold_out(2, seed=training.seed)
        self.value = 0.0
        training.run(self, n_steps=6, held_out=held, validate_every=2)

    def step(self, number: int, rng: np.random.Generator) -> float:
        if self.dies and number == 4:
            raise KeyboardInterrupt
        self.value += rng.random()
        return 1.0

    def score(self, episodes):
        return from_embedding(self).score(episodes)


def test_a_training_that_was_interrupted_is_listed_and_goes_on(tiny: Dataset) -> None:
    conditions = Conditions(checkpoint_seconds=0)
    told: list[Progress] = []
    with pytest.raises(KeyboardInterrupt):
        fit(from_embedding(Slow()), tiny.background, ORIGIN, conditions, told.append)
    (model,) = stored_models()
    assert model.unfinished and model.fit is None and model.origin == ORIGIN
    through = from_embedding(Slow())
    through.embedder.dies = False
    done = fit(through, tiny.background, ORIGIN, conditions, told.append)
    assert [point.step for point in done.points] == [2, 4, 6]
    assert [progress.step for progress in told][-1] == 6
    (model,) = stored_models()
    assert not model.unfinished and model.fit is not None and model.fit.points == done.points
    fresh = from_embedding(Slow())
    fresh.embedder.dies = False
    fit(fresh, tiny.background, ORIGIN, replace(conditions, refit=True), told.append)
    assert fresh.embedder.value == through.embedder.value


def test_a_full_disk_costs_the_model_and_not_its_answers(tiny: Dataset, caplog) -> None:
    class Full(Mean):
        def save(self, folder: Path) -> None:
            raise OSError(28, "No space left on device")

    done, method = fitted(tiny, method=from_embedding(Full()))
    assert method.embedder.value and not done.cached
    assert "No space left on device" in caplog.text and "trained again next time" in caplog.text
    assert stored_models() == []


def test_a_cached_fit_tells_where_it_was_done(tiny: Dataset) -> None:
    first, _ = fitted(tiny)
    assert fitted(tiny)[0].environment == first.environment
    assert first.environment["machine"]["cores"] >= 1


def test_clearing_leaves_alone_what_another_process_works_on(tiny: Dataset) -> None:
    fitted(tiny)
    fitted(tiny, replace(ORIGIN, seed=1))
    (model_cache.models_folder() / ".unfinished-x").mkdir()
    holding, go_on = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        with model_cache.alone(ORIGIN):
            os.write(holding[1], b"x")
            os.read(go_on[0], 1)
        os._exit(0)
    os.read(holding[0], 1)
    (kept,) = model_cache.clear_models(stored_models())
    assert kept.folder.name == ORIGIN.key
    os.write(go_on[1], b"x")
    os.waitpid(child, 0)
    assert model_cache.clear_models(stored_models()) == []
    assert [path.name for path in model_cache.models_folder().iterdir() if path.is_dir()] == []


def test_two_processes_fit_one_model_once(tiny: Dataset) -> None:
    """The second waits for the first, then finds its model."""
    started, go_on = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        with model_cache.alone(ORIGIN):
            os.write(started[1], b"x")
            os.read(go_on[0], 1)
            method = Mean()
            method.fit(tiny.background, Training(seed=0))
            model_cache.keep(ORIGIN, Fit(seconds=1.0, peak_memory=1, environment={}), method.save)
        os._exit(0)
    os.read(started[0], 1)
    os.write(go_on[1], b"x")
    done, _ = fitted(tiny)
    os.waitpid(child, 0)
    assert done.cached and done.seconds == 1.0
    assert Mean.n_fits == 0
