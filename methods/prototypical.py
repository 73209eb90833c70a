"""``prototypical``: the class whose mean embedding is nearest in squared Euclidean distance.

Snell, Swersky and Zemel 2017, "Prototypical networks for few-shot learning". Learnt in episodes
with a softmax over all classes, as matching networks are; but the drawings of a class are
averaged before the comparison, not after it, and the distance is Euclidean: a linear classifier
with twice the class means as weights (section 2.4). With one drawing of a class only the distance
is another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import EmbeddingMethod, Floats, MethodSpec, hookimpl
from methods.background_batches import Batch
from methods.recipe import Recipe, tiny
from methods.torch_embedder import embedding_method

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class Config(Recipe):
    """The recipe of all PyTorch methods here, and what is this method's own."""

    shots: int = 1  # drawings that make a prototype in training: as in the test, says the paper

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.shots < self.drawings:
            raise ValueError(f"shots={self.shots} leaves no query of drawings={self.drawings}")


class Prototypical:
    """The objective: the softmax over minus the squared distances to the prototypes."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def head(self, n_all: int, dimensions: int) -> nn.Module:
        """Return a module without weights: the vectors alone decide."""
        from torch import nn

        return nn.Identity()

    def loss(self, head: nn.Module, vectors: Tensor, batch: Batch) -> Tensor:
        """Return the cross-entropy, with each drawing in the support as often as any other."""
        import torch

        n_classes, n_drawings, _ = vectors.shape
        shots = min(self._config.shots, n_drawings - 1)
        truth = torch.arange(n_classes, device=vectors.device).repeat_interleave(n_drawings - shots)
        losses = []
        for turn in range(n_drawings):
            turned = vectors.roll(turn, dims=1)
            support, query = turned[:, :shots], turned[:, shots:].flatten(0, 1)
            prototypes = support.mean(dim=1)  # (n_classes, d)
            # minus the squared distance, but for the query's own length, which the softmax drops
            scores = 2 * query @ prototypes.T - prototypes.square().sum(dim=-1)
            losses.append(torch.nn.functional.cross_entropy(scores, truth))
        return torch.stack(losses).mean()

    def similarity(self, head: nn.Module, query: Floats, support: Floats) -> Floats:
        """Return minus the squared distance to each class's mean."""
        prototypes = support.mean(axis=2)  # (n_episodes, n_way, d)
        lengths = (query**2).sum(axis=-1)[:, :, None] + (prototypes**2).sum(axis=-1)[:, None]
        return 2 * (query @ prototypes.transpose(0, 2, 1)) - lengths


def _build(config: Config) -> EmbeddingMethod:
    return embedding_method(config, Prototypical(config))


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(
        name="prototypical",
        build=_build,
        settings=Config,
        presets={"tiny": tiny(Config())},
        seeded=True,
        framework="torch",
        requires=("torch", "safetensors"),
        install="oneshot-harness[torch]",
    )
