from __future__ import annotations

import numpy as np
import pytest

from methods.background_batches import Batch
from methods.prototypical import Config, Prototypical

torch = pytest.importorskip("torch")


def vectors(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_a_class_scores_minus_the_squared_distance_to_its_mean() -> None:
    query, support = vectors(2, 3, 8), vectors(2, 4, 5, 8, seed=1)
    scores = Prototypical(Config()).similarity(torch.nn.Identity(), query, support)
    assert scores.shape == (2, 3, 4)
    for e, q, w in np.ndindex(scores.shape):
        expected = -((query[e, q] - support[e, w].mean(axis=0)) ** 2).sum()
        assert scores[e, q, w] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("shots", [1, 2])
def test_the_loss_is_that_of_the_right_class(shots: int) -> None:
    objective, embedded = Prototypical(Config(drawings=3, shots=shots)), vectors(5, 3, 8)
    ids = np.arange(5)
    batch = Batch(rows=np.zeros((5, 3), int), turns=0 * ids, label=ids)
    loss = objective.loss(torch.nn.Identity(), torch.as_tensor(embedded), batch)
    losses = []
    for turn in range(3):
        turned = np.roll(embedded, turn, axis=1)
        query = turned[:, shots:].reshape(1, -1, 8)
        scores = objective.similarity(torch.nn.Identity(), query, turned[None, :, :shots])[0]
        right = np.arange(5).repeat(3 - shots)
        log_shares = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        losses.append(-log_shares[np.arange(len(right)), right].mean())
    assert float(loss) == pytest.approx(np.mean(losses), rel=1e-4)


def test_a_prototype_leaves_a_query() -> None:
    with pytest.raises(ValueError, match="shots=2 leaves no query"):
        Config(drawings=2, shots=2)
