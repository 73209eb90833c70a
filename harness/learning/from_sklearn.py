"""Any scikit-learn classifier as a one-shot method, in one line."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.errors import MethodError
from harness.learning.embedding import EmbeddingMethod
from harness.learning.similarity import Floats
from harness.learning.training import Training
from harness.protocol.dataset import Split

Prepare = Callable[[NDArray[np.bool_]], NDArray[Any]]


class Classifier(Protocol):
    """A classifier of scikit-learn's kind.

    It also has ``predict_proba`` or ``decision_function``, and ``get_params`` to be cloned.
    """

    def fit(self, x: Floats, y: NDArray[np.int64], /) -> object:
        """Learn from ``(n, d)`` numbers and their ``(n,)`` classes."""


class Transformer(Protocol):
    """A transformer of scikit-learn's kind; it also has ``get_params`` to be cloned."""

    def fit(self, x: Floats, y: NDArray[np.int32], /) -> object:
        """Learn from ``(n, d)`` numbers and their ``(n,)`` classes."""

    def transform(self, x: NDArray[Any], /) -> NDArray[Any]:
        """Return ``(n, d)`` numbers, another ``d`` than that of ``x`` perhaps."""


def from_sklearn(
    classifier: Classifier, features: Transformer | None = None, prepare: Prepare | None = None
) -> EmbeddingMethod:
    """Make a method of a scikit-learn classifier.

    On every episode a fresh clone of ``classifier`` is fitted on the support images and asked
    about the queries.

    Args:
        classifier: any classifier with ``predict_proba`` or ``decision_function``.
        features: a transformer, fitted once on the background images and their classes, then
            applied to each image before the classifier gets it; None for the image itself.
        prepare: a function from ``(n, height, width)`` bool ink to ``(n, d)`` numbers, applied
            before ``features``; None flattens the ink.
    """
    return EmbeddingMethod(_Features(features, prepare or _flatten), _Support(classifier))


def _flatten(images: NDArray[np.bool_]) -> NDArray[np.float32]:
    return images.reshape(len(images), -1).astype(np.float32)


class _Features:
    """The embedding: prepared images through a transformer fitted on the background."""

    def __init__(self, transformer: Transformer | None, prepare: Prepare) -> None:
        self._prepare = prepare
        self._transformer = transformer

    def fit(self, background: Split, training: Training) -> None:
        if self._transformer is None:
            return
        from sklearn.base import clone

        n_images = len(background.images)
        prepared = [
            self._prepare(background.images.ink(slice(start, start + 1000)))
            for start in range(0, n_images, 1000)
        ]
        fresh = clone(self._transformer)
        seeds = {name: training.seed for name in fresh.get_params() if "random_state" in name}
        fresh.set_params(**seeds)
        self._transformer = fresh.fit(np.concatenate(prepared), background.label)

    def embed(self, images: NDArray[np.bool_]) -> NDArray[Any]:
        prepared = self._prepare(images)
        return prepared if self._transformer is None else self._transformer.transform(prepared)

    @property
    def n_parameters(self) -> int:
        """The sizes of all arrays that fitting left behind."""
        return _count_arrays(self._transformer)

    def save(self, folder: Path) -> None:
        import skops.io

        skops.io.dump(self._transformer, folder / "features.skops")

    def load(self, folder: Path) -> None:
        import skops.io

        # trusted stays empty: only scikit-learn's and numpy's own types are read back
        self._transformer = skops.io.load(folder / "features.skops", trusted=[])


class _Support:
    """The similarity: a classifier fitted on each episode's support set."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    def __call__(self, query: Floats, support: Floats) -> Floats:
        from sklearn import config_context
        from sklearn.base import clone

        n_episodes, n_way, n_shot, d = support.shape
        labels = np.repeat(np.arange(n_way), n_shot)
        scores = np.empty((n_episodes, query.shape[1], n_way))
        # the images were checked when they were embedded; checking each episode again costs
        # more than most classifiers
        with (
            config_context(assume_finite=True, skip_parameter_validation=True),
            warnings.catch_warnings(),
        ):
            # of more than 20 ways with one shot, scikit-learn suspects a regression
            warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
            for episode in range(n_episodes):
                fresh = clone(self._classifier)
                fresh.fit(support[episode].reshape(-1, d), labels)
                scores[episode] = _class_scores(fresh, query[episode], n_way)
        return scores


def _class_scores(classifier: object, query: Floats, n_way: int) -> Floats:
    """Return ``(n_query, n_way)``; a two-class decision function gives one column, for class 1."""
    if hasattr(classifier, "predict_proba"):
        return classifier.predict_proba(query)
    if not hasattr(classifier, "decision_function"):
        raise MethodError(
            f"from_sklearn: {type(classifier).__name__} has neither predict_proba nor "
            "decision_function; take a classifier that has one"
        )
    decision = classifier.decision_function(query)
    return decision if decision.ndim == 2 else np.stack([-decision, decision], axis=1)


def _count_arrays(fitted: object) -> int:
    """Count the values in a fitted estimator's arrays, and in those of its steps."""
    if hasattr(fitted, "steps"):
        return sum(_count_arrays(step) for _, step in fitted.steps)
    learnt = vars(fitted) if hasattr(fitted, "__dict__") else {}
    return sum(a.size for a in learnt.values() if isinstance(a, np.ndarray))
