from __future__ import annotations

import numpy as np
import pytest

from harness.learning.similarity import cosine, dot, euclidean


@pytest.fixture
def vectors() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 2, 7)), rng.normal(size=(3, 4, 2, 7))


def test_each_is_its_definition(vectors: tuple[np.ndarray, np.ndarray]) -> None:
    query, support = vectors
    pair_query, pair_support = query[:, :, None, None], support[:, None]
    products = (pair_query * pair_support).sum(-1)
    lengths = np.linalg.norm(pair_query, axis=-1) * np.linalg.norm(pair_support, axis=-1)
    squared = ((pair_query - pair_support) ** 2).sum(-1)
    assert dot(query, support) == pytest.approx(products.max(-1))
    assert cosine(query, support) == pytest.approx((products / lengths).max(-1))
    assert euclidean(query, support) == pytest.approx(-squared.min(-1))


def test_a_zero_vector_is_like_nothing() -> None:
    assert cosine(np.zeros((1, 1, 3)), np.ones((1, 2, 1, 3))).tolist() == [[[0.0, 0.0]]]
