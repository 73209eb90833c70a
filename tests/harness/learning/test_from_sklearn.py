from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skops.io
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from harness import Dataset, MethodError, Task, Training, from_embedding, from_sklearn
from harness.protocol.episodes import Episodes, deal
from harness.protocol.outcome import judge
from tasks import across


def episodes(dataset: Dataset, n_way: int, n_shot: int = 1) -> Episodes:
    task = Task(family="across", n_way=n_way, n_shot=n_shot)
    return deal(across.draw(dataset, task, 100, seed=0), dataset.evaluation, seed=0).episodes


def flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float64)


def doubled(numbers: np.ndarray) -> np.ndarray:
    return 2 * numbers


@pytest.mark.parametrize(("n_way", "n_shot"), [(2, 1), (10, 3), (30, 1)])
def test_one_line_is_plain_nearest_neighbour(tiny: Dataset, n_way: int, n_shot: int) -> None:
    shown = episodes(tiny, n_way, n_shot)
    plain = from_embedding(flat, "euclidean").score(shown)  # (n_episodes, n_query, n_way)
    scores = from_sklearn(KNeighborsClassifier(1)).score(shown)
    assert (scores.sum(axis=-1) == 1).all()
    nearest = np.take_along_axis(plain, scores.argmax(-1)[..., None], axis=-1)[..., 0]
    assert (nearest == plain.max(axis=-1)).all()


@pytest.mark.parametrize("n_way", [2, 3, 10])
def test_a_decision_function_is_enough(tiny: Dataset, n_way: int) -> None:
    assert not hasattr(RidgeClassifier(), "predict_proba")
    task = Task(family="across", n_way=n_way, n_shot=2)
    dealt = deal(across.draw(tiny, task, 100, seed=0), tiny.evaluation, seed=0)
    scores = from_sklearn(RidgeClassifier()).score(dealt.episodes)
    assert scores.shape == (100, 1, n_way)
    assert judge(scores.astype(np.float64), dealt.key.truth).credit.mean() > 0.8, "tiny is easy"


def test_a_regressor_is_refused_in_one_line(tiny: Dataset) -> None:
    with pytest.raises(MethodError, match="LinearRegression has neither predict_proba nor"):
        from_sklearn(LinearRegression()).score(episodes(tiny, 3))


def test_an_image_scores_the_same_way_in_any_episode(tiny: Dataset) -> None:
    shown = episodes(tiny, 5)
    method = from_sklearn(RidgeClassifier())
    assert (method.score(shown)[40:50] == method.score(shown[40:50])).all()


def test_features_are_fitted_once_on_the_background(
    tiny: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    original = StandardScaler.fit

    def fit(self, X, y=None, sample_weight=None):  # noqa: N803
        seen.append((X, y))
        return original(self, X, y, sample_weight)

    monkeypatch.setattr(StandardScaler, "fit", fit)
    method = from_sklearn(KNeighborsClassifier(1), StandardScaler())
    method.fit(tiny.background, Training(seed=0))
    method.score(episodes(tiny, 5))
    method.score(episodes(tiny, 10))
    [(images, classes)] = seen
    assert (images == flat(tiny.background.images.ink())).all()
    assert (classes == tiny.background.label).all()
    assert method.n_parameters == 3 * 11 * 11, "mean, variance and scale of every pixel"


def test_the_seed_reaches_every_step(tiny: Dataset) -> None:
    given = make_pipeline(StandardScaler(), PCA(5, svd_solver="randomized"))
    method = from_sklearn(KNeighborsClassifier(1), given)
    method.fit(tiny.background, Training(seed=7))
    assert method.embedder._transformer.get_params()["pca__random_state"] == 7
    assert given.get_params()["pca__random_state"] is None, "what was given stays as it was"


def test_each_image_is_prepared_at_most_once(tiny: Dataset) -> None:
    seen: list[bytes] = []

    def prepare(images: np.ndarray) -> np.ndarray:
        seen.extend(image.tobytes() for image in images)
        return flat(images)

    method = from_sklearn(KNeighborsClassifier(1), StandardScaler(), prepare)
    method.fit(tiny.background, Training(seed=0))
    assert len(seen) == len(tiny.background.images)
    seen.clear()
    for n_way in (2, 20, 5):
        method.score(episodes(tiny, n_way))
    assert len(seen) == len(set(seen)) == method.n_embedded


def test_what_was_fitted_comes_back(tiny: Dataset, tmp_path: Path) -> None:
    features = make_pipeline(VarianceThreshold(), PCA(5))
    fitted, loaded = (from_sklearn(KNeighborsClassifier(1), features) for _ in range(2))
    fitted.fit(tiny.background, Training(seed=0))
    fitted.save(tmp_path)
    loaded.load(tmp_path)
    shown = episodes(tiny, 10)
    assert (fitted.score(shown) == loaded.score(shown)).all()
    assert fitted.n_parameters == loaded.n_parameters


def test_without_features_there_is_nothing_to_learn_or_lose(tiny: Dataset, tmp_path: Path) -> None:
    fitted, loaded = (from_sklearn(KNeighborsClassifier(1)) for _ in range(2))
    fitted.fit(tiny.background, Training(seed=0))
    fitted.save(tmp_path)
    loaded.load(tmp_path)
    assert (fitted.score(episodes(tiny, 5)) == loaded.score(episodes(tiny, 5))).all()
    assert fitted.n_parameters == 0


def test_a_file_with_a_foreign_type_is_refused(tiny: Dataset, tmp_path: Path) -> None:
    skops.io.dump(FunctionTransformer(doubled), tmp_path / "features.skops")
    with pytest.raises(skops.io.exceptions.UntrustedTypesFoundException, match="doubled"):
        from_sklearn(KNeighborsClassifier(1), StandardScaler()).load(tmp_path)
