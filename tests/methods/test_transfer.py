from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from methods.background_batches import Batch
from methods.transfer import Config, Transfer, fitted_layer

torch = pytest.importorskip("torch")


def vectors(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)


def test_the_layer_is_what_gradient_descent_on_its_weights_finds() -> None:
    shown = vectors(2, 6, 4)  # 3 classes by 2 shots
    layer = fitted_layer(shown @ shown.transpose(0, 2, 1), n_shot=2, steps=9, rate=0.1)
    truth = np.eye(3).repeat(2, axis=0)
    for e in range(2):
        weights = shown[e].T @ truth / 2  # (d, n_way), the class means
        for _ in range(9):
            weights = weights + 0.05 * shown[e].T @ (truth - softmax(shown[e] @ weights))
        assert shown[e].T @ layer[e] == pytest.approx(weights, abs=1e-4)


def test_without_steps_the_nearest_class_mean_remains() -> None:
    query, support = vectors(3, 2, 8), vectors(3, 5, 1, 8, seed=1)
    scores = Transfer(Config(refit_steps=0)).similarity(torch.nn.Identity(), query, support)
    unit = [x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (query, support[:, :, 0])]
    assert scores == pytest.approx(np.einsum("eqd,ewd->eqw", *unit), abs=1e-5)


def test_a_fitted_layer_knows_its_support() -> None:
    support = vectors(4, 5, 3, 32)
    for shot in range(3):
        scores = Transfer(Config()).similarity(torch.nn.Identity(), support[:, :, shot], support)
        assert (scores.argmax(axis=-1) == np.arange(5)).all()


def test_classes_in_another_order_have_the_same_scores_in_that_order() -> None:
    query, support, order = vectors(3, 2, 8), vectors(3, 5, 2, 8, seed=1), [3, 0, 4, 1, 2]
    one, two = (
        Transfer(Config()).similarity(torch.nn.Identity(), query, s)
        for s in (support, support[:, order])
    )
    assert two == pytest.approx(one[:, :, order], abs=1e-4)


def test_the_loss_names_the_classes_of_all_the_background() -> None:
    objective = Transfer(Config(cosine_scale=3.0, smoothing=0.0))
    head, embedded = objective.head(7, 8), vectors(2, 2, 8)
    batch = Batch(rows=np.zeros((2, 2), int), turns=np.zeros(2, int), label=np.array([6, 1]))
    loss = objective.loss(head, torch.as_tensor(embedded), batch)
    weights = head.get_parameter("weight").detach().numpy()
    expected = []
    for vector, label in zip(embedded.reshape(4, 8), (6, 6, 1, 1), strict=True):
        cosine = weights @ vector / np.linalg.norm(weights, axis=1) / np.linalg.norm(vector)
        expected.append(-np.log(softmax(3 * cosine)[label]))
    assert float(loss.detach()) == pytest.approx(np.mean(expected), abs=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [{"cosine_scale": 0.0}, {"smoothing": 1.0}, {"refit_steps": -1}, {"refit_rate": 0.0}],
    ids=str,
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    ((setting, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{setting}={value}"):
        Config(**wrong)
