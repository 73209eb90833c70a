"""``transfer``: a classifier of the background, whose last layer is fitted anew to each episode.

What Bouma's tutorial (2017) calls vanilla transfer learning. The network learns to name all
background characters at once, by an ordinary softmax and never in episodes; then its last layer
is thrown away, and another is fitted to each support set. The first is a classifier by cosines, as
in the ``baseline++`` of Chen, Liu, Kira, Wang and Huang 2019, "A closer look at few-shot
classification"; the second a logistic regression on unit vectors without a bias, which gradient
descent takes a number of steps from the class means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness import EmbeddingMethod, Floats, MethodSpec, hookimpl
from methods.background_batches import Batch
from methods.recipe import Recipe, tiny
from methods.torch_embedder import embedding_method

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Config(Recipe):
    """The recipe of all PyTorch methods here, and what is this method's own."""

    rotations: bool = False  # four times the classes would be named a quarter as often; compared
    same_group: float = 0.0  # all classes compete at every step in any case
    cosine_scale: float = 20.0  # factor of the cosines while training; a first guess
    smoothing: float = 0.1  # of the labels: Szegedy et al. 2016
    refit_steps: int = 50  # of gradient descent on each support set; a first guess
    refit_rate: float = 1.0  # of that descent, the factor of the cosines included; a first guess
    refit_scale: float = 10.0  # factor of the cosines while fitting anew; a first guess

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("cosine_scale", "refit_scale", "refit_rate"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}={getattr(self, name)} is not above 0")
        if not 0 <= self.smoothing < 1:
            raise ValueError(f"smoothing={self.smoothing} is not from 0 to below 1")
        if self.refit_steps < 0:
            raise ValueError(f"refit_steps={self.refit_steps} is less than 0")


class Transfer:
    """The objective: the names of the background's characters."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def head(self, n_all: int, dimensions: int) -> nn.Module:
        """Return the last layer for the background: a direction for each class."""
        from torch import nn

        layer = nn.Linear(dimensions, n_all, bias=False)
        nn.init.normal_(layer.weight, std=0.01)  # short directions turn faster
        return layer

    def loss(self, head: nn.Module, vectors: Tensor, batch: Batch) -> Tensor:
        """Return the cross-entropy over all classes of the background."""
        import torch
        from torch.nn.functional import cross_entropy, normalize

        n_drawings = vectors.shape[1]
        label = torch.as_tensor(batch.label, device=vectors.device).repeat_interleave(n_drawings)
        weight = head.get_parameter("weight")
        cosine = normalize(vectors.flatten(0, 1), dim=-1) @ normalize(weight, dim=-1).T
        logits = cosine * self._config.cosine_scale
        return cross_entropy(logits, label, label_smoothing=self._config.smoothing)

    def similarity(self, head: nn.Module, query: Floats, support: Floats) -> Floats:
        """Return the logits, but for a factor, of a last layer fitted to each support set."""
        config = self._config
        n_episodes, n_way, n_shot, _ = support.shape
        support, query = _unit(support.reshape(n_episodes, n_way * n_shot, -1)), _unit(query)
        alike = support @ support.transpose(0, 2, 1) * np.float32(config.refit_scale)
        layer = fitted_layer(alike, n_shot, config.refit_steps, config.refit_rate)
        return query @ support.transpose(0, 2, 1) @ layer


def fitted_layer(alike: Floats, n_shot: int, steps: int, rate: float) -> Floats:
    """Return ``(n_episodes, n_support, n_way)``: how much of each support image a class weighs.

    The layer that gradient descent finds, from the class means on, is a sum of the support's own
    vectors, so descent needs only ``alike (n_episodes, n_support, n_support)``, their products,
    and all episodes descend at once.
    """
    n_support = alike.shape[-1]
    truth = np.eye(n_support // n_shot, dtype=np.float32).repeat(n_shot, axis=0)
    layer = np.broadcast_to(truth / np.float32(n_shot), (len(alike), *truth.shape))
    for _ in range(steps):
        layer = layer + np.float32(rate / n_shot) * (truth - _softmax(alike @ layer))
    return layer


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _unit(vectors: NDArray[Any]) -> Floats:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length == 0, 1, length)


def _build(config: Config) -> EmbeddingMethod:
    return embedding_method(config, Transfer(config))


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(
        name="transfer",
        build=_build,
        settings=Config,
        presets={"tiny": tiny(Config())},
        seeded=True,
        framework="torch",
        requires=("torch", "safetensors"),
        install="oneshot-harness[torch]",
    )
