from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import Dataset, Images, Split, Task, Training
from harness.embedding import EmbeddingMethod
from harness.episodes import Episodes, deal
from harness.outcome import judge
from methods import lda_1nn
from methods.lda_1nn import Config, edge_directions
from tasks import across

SPEC = lda_1nn.oneshot_method()


def strokes(alphabets: int, characters: int, side: int, seed: int, drawers: int = 4) -> Split:
    """Make characters of three straight strokes, whose ends every drawer puts elsewhere."""
    rng = np.random.default_rng(seed)
    n = alphabets * characters
    ends = rng.uniform(0.2, 0.8, (n, 1, 3, 2, 2)) + rng.normal(0, 0.02, (n, drawers, 3, 2, 2))
    along = np.linspace(0, 1, 2 * side)[:, None]
    points = ends[..., :1, :] * along + ends[..., 1:, :] * (1 - along)
    points = (points.clip(0, 0.99) * side).astype(int).reshape(n * drawers, -1, 2)
    ink = np.zeros((n * drawers, side, side), bool)
    ink[np.arange(n * drawers)[:, None], points[..., 0], points[..., 1]] = True
    return Split(
        images=Images.from_ink(ink),
        character=np.repeat(np.arange(n, dtype=np.int32), drawers),
        drawer=np.tile(np.arange(drawers, dtype=np.int32), n),
        alphabet=np.repeat(np.arange(alphabets, dtype=np.int32), characters),
        alphabets=tuple(f"Alphabet_{a}" for a in range(alphabets)),
        characters=tuple(f"Alphabet/character{c}" for c in range(n)),
    )


def drawn(side: int, alphabets: int = 4, characters: int = 6) -> Dataset:
    return Dataset(
        name="strokes",
        synthetic=True,
        background=strokes(alphabets, characters, side, seed=1),
        evaluation=strokes(alphabets, characters, side, seed=2),
    )


def fitted(dataset: Dataset, **settings: Any) -> EmbeddingMethod:
    method = SPEC.build(Config(**settings))
    assert isinstance(method, EmbeddingMethod)
    method.fit(dataset.background, Training(seed=0))
    return method


def dealt(dataset: Dataset, n_way: int, n_episodes: int = 100):
    task = Task(family="across", n_way=n_way, n_shot=1)
    return deal(across.draw(dataset, task, n_episodes, seed=0), dataset.evaluation, seed=0)


def shown(dataset: Dataset, n_way: int = 5) -> Episodes:
    return dealt(dataset, n_way).episodes


@pytest.mark.parametrize("side", [20, 105])
def test_it_learns_to_read_strokes(side: int) -> None:
    dataset = drawn(side)
    task = dealt(dataset, n_way=10)
    outcomes = judge(np.asarray(fitted(dataset).score(task.episodes)), task.key.truth)
    assert outcomes.credit.mean() > 0.6, "chance is 0.1"


def test_the_smallest_background_will_do() -> None:
    dataset = drawn(20, alphabets=2, characters=3)
    assert fitted(dataset).score(shown(dataset, 2)).shape == (100, 1, 2)


def test_blobs_will_do(tiny: Dataset) -> None:
    assert np.isfinite(fitted(tiny).score(shown(tiny))).all()


def test_two_fits_give_the_same_scores() -> None:
    dataset = drawn(20)
    first, second = (fitted(dataset).score(shown(dataset)) for _ in range(2))
    assert (first == second).all()


def test_what_was_fitted_comes_back(tmp_path: Path) -> None:
    dataset = drawn(20)
    first, second = fitted(dataset), SPEC.build(Config())
    assert isinstance(second, EmbeddingMethod)
    first.save(tmp_path)
    second.load(tmp_path)
    assert (first.score(shown(dataset)) == second.score(shown(dataset))).all()
    assert first.n_parameters == second.n_parameters
    assert second.n_parameters is not None and second.n_parameters > 0


def test_features_follow_the_centre_and_the_size() -> None:
    small = np.zeros((1, 40, 40), bool)
    small[0, 5:15, 7] = small[0, 14, 7:16] = True
    moved = np.roll(small, (11, 9), axis=(1, 2))
    large = np.zeros_like(small)
    large[0, :20] = small[0, 5:15, 5:].repeat(2, axis=0).repeat(2, axis=1)[:, :40]
    features = edge_directions(np.concatenate([small, moved, large]), Config())
    assert features[1] == pytest.approx(features[0], abs=1e-4)
    assert np.corrcoef(features[0], features[2])[0, 1] > 0.9


def test_a_blank_image_has_no_directions() -> None:
    config = Config()
    features = edge_directions(np.zeros((2, 30, 31), bool), config)
    assert features.shape == (2, config.directions * config.grid**2)
    assert not features.any()


def test_a_vertical_stroke_has_edges_to_both_sides() -> None:
    ink = np.zeros((1, 40, 40), bool)
    ink[0, 5:35, 19:21] = True
    config = Config()
    by_direction = edge_directions(ink, config).reshape(config.directions, -1).sum(axis=1)
    strongest = set(np.argsort(by_direction)[-2:].tolist())
    assert strongest == {0, config.directions // 2}


def test_prepared_images_do_not_depend_on_their_neighbours() -> None:
    images = drawn(20).background.images.ink()
    together, alone = edge_directions(images, Config()), edge_directions(images[3:4], Config())
    assert together[3] == pytest.approx(alone[0], abs=1e-5)
