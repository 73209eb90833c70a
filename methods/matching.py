"""``matching``: attention over the support set, learnt in episodes like those of the test.

Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra 2016, "Matching networks for one shot
learning". A query attends to every support image by a softmax over cosines; a class scores the
attention that its images get together. Unlike a Siamese network, which judges each pair on its
own, the loss here is of the choice among all classes. With ``fce=true`` the support images are
embedded in the light of each other as well, by a bidirectional LSTM, and the query in the light
of them all, by an LSTM that reads the support set with attention (full context embeddings).
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

    cosine_scale: float = 10.0  # factor of the cosines: alone, they leave it flat; compared: 15
    fce: bool = False  # full context embeddings
    fce_ways: int = 20  # classes that see each other in training: 5 and 20 in the paper
    reads: int = 3  # of the support set by the query's LSTM; a first guess, the paper names none

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cosine_scale <= 0:
            raise ValueError(f"cosine_scale={self.cosine_scale} is not above 0")
        if self.fce_ways < 2 or self.reads < 1:
            raise ValueError(
                f"fce_ways={self.fce_ways} must be at least 2, reads={self.reads} at least 1"
            )


class Matching:
    """The objective: the right class's share of the attention."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def head(self, n_all: int, dimensions: int) -> nn.Module:
        """Return the two LSTMs of full context embeddings, or nothing."""
        from torch import nn

        return _context(dimensions, self._config.reads) if self._config.fce else nn.Identity()

    def loss(self, head: nn.Module, vectors: Tensor, batch: Batch) -> Tensor:
        """Return minus the log of the right class's attention, each drawing once the support."""
        import torch

        n_classes, n_drawings, _ = vectors.shape
        ways = min(self._config.fce_ways, n_classes) if self._config.fce else n_classes
        n_episodes = n_classes // ways
        episodes = vectors[: n_episodes * ways].reshape(n_episodes, ways, n_drawings, -1)
        truth = torch.arange(ways, device=vectors.device)
        losses = []
        for place in range(n_drawings):
            support = episodes[:, :, place : place + 1]  # (n_episodes, ways, 1, d)
            others = [other for other in range(n_drawings) if other != place]
            query = episodes[:, :, others].flatten(1, 2)  # (n_episodes, ways * n_others, d)
            scores = self._attention(head, query, support)
            right = truth.repeat_interleave(len(others)).repeat(n_episodes)
            losses.append(torch.nn.functional.nll_loss(scores.flatten(0, 1), right))
        return torch.stack(losses).mean()

    def similarity(self, head: nn.Module, query: Floats, support: Floats) -> Floats:
        """Return the log of each class's attention."""
        import torch

        device = next(head.parameters(), torch.empty(0)).device
        as_tensors = (torch.as_tensor(part, device=device) for part in (query, support))
        return self._attention(head, *as_tensors).cpu().numpy()

    def _attention(self, head: nn.Module, query: Tensor, support: Tensor) -> Tensor:
        """Return ``(n_episodes, n_query, n_way)``, the log of what each class gets in all."""
        from torch.nn.functional import normalize

        n_episodes, n_way, n_shot, _ = support.shape
        support = support.flatten(1, 2)  # (n_episodes, n_way * n_shot, d)
        if self._config.fce:
            query, support = head(query, support)
        cosine = normalize(query, dim=-1) @ normalize(support, dim=-1).transpose(1, 2)
        attention = (cosine * self._config.cosine_scale).log_softmax(dim=-1)
        return attention.reshape(n_episodes, -1, n_way, n_shot).logsumexp(dim=-1)


def _context(dimensions: int, reads: int) -> nn.Module:
    """Return the module of full context embeddings: ``(query, support)`` to the same shapes."""
    import torch
    from torch import nn
    from torch.nn.functional import normalize

    scale = dimensions**0.5 / 4  # entries of a size that an LSTM's gates can use

    class Context(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.both_ways = nn.LSTM(dimensions, dimensions, batch_first=True, bidirectional=True)
            self.reader = nn.LSTMCell(2 * dimensions, dimensions)
            # not in the paper: both contexts grow from nothing, so training starts as without
            self.gate = nn.Parameter(torch.zeros(2))

        def forward(self, query: Tensor, support: Tensor) -> tuple[Tensor, Tensor]:
            support = normalize(support, dim=-1) * scale  # (n_episodes, n_support, d)
            there, back = self.both_ways(support)[0].chunk(2, dim=-1)
            support = support + self.gate[0] * (there + back)
            return self._read(normalize(query, dim=-1) * scale, support), support

        def _read(self, query: Tensor, support: Tensor) -> Tensor:
            """Let each query read the support set, appendix A.1 of the paper."""
            flat = query.flatten(0, 1)  # (n_episodes * n_query, d)
            state, cell = flat, torch.zeros_like(flat)
            for _ in range(reads):
                # the paper's product is undivided; its vectors are not this long
                weights = state.reshape(query.shape) @ support.transpose(1, 2) / scale
                read = (weights.softmax(dim=-1) @ support).flatten(0, 1)
                hidden, cell = self.reader(torch.cat([flat, read], dim=-1), (state, cell))
                state = flat + self.gate[1] * hidden
            return state.reshape(query.shape)

    return Context()


def _build(config: Config) -> EmbeddingMethod:
    return embedding_method(config, Matching(config))


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(
        name="matching",
        build=_build,
        settings=Config,
        presets={"tiny": tiny(Config())},
        seeded=True,
        framework="torch",
        requires=("torch", "safetensors"),
        install="oneshot-harness[torch]",
    )
