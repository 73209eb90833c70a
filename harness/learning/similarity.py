"""How alike embedded queries and supports are.

Every similarity takes ``query (n_episodes, n_query, d)`` and ``support (n_episodes, n_way,
n_shot, d)`` and returns ``(n_episodes, n_query, n_way)``, higher for more alike. With several
supports of a class the nearest one counts, as in nearest-neighbour classification.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Similarity = Callable[[Floats, Floats], Floats]


def cosine(query: Floats, support: Floats) -> Floats:
    """Cosine of the angle to the nearest support; 0 where a vector is all zeros."""
    return _nearest(_unit(query), _unit(support))


def dot(query: Floats, support: Floats) -> Floats:
    """Inner product with the nearest support."""
    return _nearest(query, support)


def euclidean(query: Floats, support: Floats) -> Floats:
    """Minus the squared Euclidean distance to the nearest support."""
    n_episodes, n_way, n_shot, _ = support.shape
    flat = support.reshape(n_episodes, n_way * n_shot, -1)
    squared = (query**2).sum(-1)[:, :, None] + (flat**2).sum(-1)[:, None, :]
    distance = squared - 2 * (query @ flat.transpose(0, 2, 1))
    return -distance.reshape(n_episodes, -1, n_way, n_shot).min(-1)


def _nearest(query: Floats, support: Floats) -> Floats:
    n_episodes, n_way, n_shot, d = support.shape
    products = query @ support.reshape(n_episodes, n_way * n_shot, d).transpose(0, 2, 1)
    return products.reshape(n_episodes, -1, n_way, n_shot).max(-1)


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length == 0, 1, length)


SIMILARITIES: Mapping[str, Similarity] = {"cosine": cosine, "dot": dot, "euclidean": euclidean}
