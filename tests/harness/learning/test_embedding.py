from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness import Dataset, MethodError, Task, UsageError, from_embedding
from harness.protocol.episodes import deal
from tasks import across


def episodes(dataset: Dataset, n_way: int, n_episodes: int = 200):
    task = Task(family="across", n_way=n_way, n_shot=1)
    return deal(across.draw(dataset, task, n_episodes, seed=0), dataset.evaluation, seed=0).episodes


class Counting:
    """Flattens images, and remembers which it was shown."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def embed(self, images: np.ndarray) -> np.ndarray:
        self.seen += [image.tobytes() for image in images]
        return images.reshape(len(images), -1).astype(float)


def test_each_image_is_embedded_at_most_once_for_all_tasks(tiny: Dataset) -> None:
    embedder = Counting()
    method = from_embedding(embedder)
    for n_way in (2, 5, 20, 5):
        method.score(episodes(tiny, n_way))
    assert len(embedder.seen) == len(set(embedder.seen)) == method.n_embedded
    assert method.n_embedded <= len(tiny.evaluation.images)


def test_only_images_that_are_shown_are_embedded(tiny: Dataset) -> None:
    embedder = Counting()
    few = episodes(tiny, 2, n_episodes=3)
    from_embedding(embedder).score(few)
    assert len(embedder.seen) == len(few.rows) < 12


def test_the_order_of_tasks_changes_no_score(tiny: Dataset) -> None:
    forward, backward = from_embedding(Counting()), from_embedding(Counting())
    first = [forward.score(episodes(tiny, n_way)) for n_way in (2, 20)]
    second = [backward.score(episodes(tiny, n_way)) for n_way in (20, 2)][::-1]
    for a, b in zip(first, second, strict=True):
        assert (a == b).all()


def test_pixels_by_cosine_are_the_method_of_that_name(tiny: Dataset) -> None:
    from methods.cosine_1nn import CosineNeighbour

    shown = episodes(tiny, 10)
    pixels = from_embedding(lambda images: images.reshape(len(images), -1).astype(float))
    assert pixels.score(shown) == pytest.approx(CosineNeighbour().score(shown))


@pytest.mark.parametrize(
    "answer",
    [None, np.zeros(3), np.zeros((1, 3)), np.full((7, 2), "x"), np.zeros((7, 2, 2))],
    ids=["nothing", "one axis", "too few", "words", "three axes"],
)
def test_a_wrong_embedding_is_one_line(tiny: Dataset, answer: object) -> None:
    with pytest.raises(MethodError, match="embed returned"):
        from_embedding(lambda images: answer).score(episodes(tiny, 5))  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, bool])
@pytest.mark.parametrize("similarity", ["euclidean", "cosine", "dot"])
def test_integers_and_booleans_do_not_wrap_around(tiny: Dataset, dtype, similarity: str) -> None:
    shown = episodes(tiny, 5)

    def scores(kind) -> np.ndarray:
        return from_embedding(
            lambda images: images.reshape(len(images), -1).astype(kind), similarity
        ).score(shown)

    assert scores(dtype) == pytest.approx(scores(np.float64), rel=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_vector_that_is_not_finite_is_refused(tiny: Dataset, value: float) -> None:
    with pytest.raises(MethodError, match="finite"):
        from_embedding(lambda images: np.full((len(images), 3), value)).score(episodes(tiny, 5))


def test_an_unknown_similarity_is_one_line() -> None:
    with pytest.raises(UsageError, match="no similarity is called euclid; did you mean euclidean"):
        from_embedding(lambda images: images, "euclid")


def test_what_is_learnt_is_kept(tiny: Dataset, tmp_path: Path) -> None:
    class Mean:
        n_parameters = 121

        def fit(self, background, training) -> None:
            self.mean = background.images.ink().mean(axis=0)

        def embed(self, images: np.ndarray) -> np.ndarray:
            return (images - self.mean).reshape(len(images), -1)

        def save(self, folder: Path) -> None:
            np.save(folder / "mean.npy", self.mean)

        def load(self, folder: Path) -> None:
            self.mean = np.load(folder / "mean.npy")

    fitted, loaded = from_embedding(Mean()), from_embedding(Mean())
    fitted.fit(tiny.background, None)  # type: ignore[arg-type]
    fitted.save(tmp_path)
    loaded.load(tmp_path)
    assert (fitted.score(episodes(tiny, 5)) == loaded.score(episodes(tiny, 5))).all()
    assert fitted.n_parameters == 121
