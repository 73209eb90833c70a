"""What the PyTorch methods share: a network that embeds drawings, and how it is trained.

A method brings an ``Objective``: what to make of the vectors. The recipe is the same for all, so
that their results differ by the objective alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness import EmbeddingMethod, Episodes, Floats, MethodError, Split, Training, from_embedding
from methods.background_batches import BackgroundBatches, Batch
from methods.distortion import views
from methods.recipe import Recipe
from methods.residual_torch import residual_network
from methods.schedule import warm_cosine

if TYPE_CHECKING:
    from torch import Tensor, nn

EMBED_BATCH = 128
"""Every batch is filled up to this size, so that no vector depends on how many others there are."""


class Objective(Protocol):
    """What a method makes of the vectors."""

    def head(self, n_all: int, dimensions: int) -> nn.Module:
        """Return a module that learns beside the network; ``n_all`` classes are learnt from."""

    def loss(self, head: nn.Module, vectors: Tensor, batch: Batch) -> Tensor:
        """Return the loss of ``vectors (n_classes, n_drawings, dimensions)``, a scalar tensor."""

    def similarity(self, head: nn.Module, query: Floats, support: Floats) -> Floats:
        """Compare as ``harness.learning.similarity`` does, with what ``head`` has learnt."""


def embedding_method(recipe: Recipe, objective: Objective) -> EmbeddingMethod:
    """Return the method that trains by ``recipe`` towards ``objective``."""
    embedder = TorchEmbedder(recipe, objective)
    return from_embedding(embedder, embedder.similarity)


class TorchEmbedder:
    """The embedder of an embedding method: a residual network, with an objective's head."""

    def __init__(self, recipe: Recipe, objective: Objective) -> None:
        self.recipe, self.objective = recipe, objective
        self.device = "cpu"
        self.n_all = 0  # classes that are learnt from
        self.network: Any = None  # a ModuleDict of backbone and head

    @property
    def n_parameters(self) -> int | None:
        """How many values were learnt, those of the head included; None before that."""
        if self.network is None:
            return None
        return sum(values.numel() for values in self.network.parameters())

    def fit(self, background: Split, training: Training) -> None:
        """Train; background alphabets that are held out choose the checkpoint."""
        recipe = self.recipe
        n_held = min(recipe.held_out, len(background.groups) - 1)
        rest, held = background.hold_out(n_held, seed=training.seed)
        batches = BackgroundBatches(
            rest,
            n_classes=recipe.classes,
            n_drawings=recipe.drawings,
            rotations=recipe.rotations,
            same_group=recipe.same_group,
        )
        self.device = chosen_device(training.device)
        self.build(batches.n_all, training.seed)
        training.run(
            TorchLearner(self, batches),
            n_steps=recipe.steps,
            held_out=held,
            validate_every=max(1, recipe.steps // recipe.validations),
        )

    def build(self, n_all: int, seed: int = 0) -> None:
        """Make a new network, to learn from ``n_all`` classes."""
        import torch

        self.n_all = n_all
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # asked for by the next line
        torch.use_deterministic_algorithms(True)
        torch.manual_seed(seed)  # of the weights; the steps use the generators that they are given
        recipe = self.recipe
        backbone = residual_network(recipe.width, recipe.dimensions, recipe.side)
        head = self.objective.head(n_all, recipe.dimensions)
        network: Any = torch.nn.ModuleDict({"backbone": backbone, "head": head})
        self.network = network.to(self.device, memory_format=torch.channels_last)

    def embed(self, images: NDArray[np.bool_]) -> Floats:
        """Return ``(n, dimensions)`` vectors, each of its image alone: the mean of its views."""
        recipe = self.recipe
        turned = views(images, recipe.side, recipe.views, recipe.view_angle)
        return np.mean([self._vectors(view) for view in turned], axis=0)

    def _vectors(self, images: Floats) -> Floats:
        """Return ``(n, dimensions)`` for ``(n, side, side)``."""
        import torch

        self.network.eval()  # batch statistics would mix the images
        missing = -len(images) % EMBED_BATCH
        padded = np.pad(images, ((0, missing), (0, 0), (0, 0)))
        with torch.inference_mode():
            parts = [
                self.network["backbone"](self.tensor(padded[start : start + EMBED_BATCH]))
                for start in range(0, len(padded), EMBED_BATCH)
            ]
            return torch.cat(parts)[: len(images)].cpu().numpy()

    def similarity(self, query: Floats, support: Floats) -> Floats:
        """Compare as ``harness.learning.similarity`` does."""
        import torch

        self.network.eval()
        with torch.inference_mode():
            return self.objective.similarity(self.network["head"], query, support)

    def tensor(self, images: Floats) -> Tensor:
        """Return ``(n, 1, side, side)`` on the device, in the layout that is fastest."""
        import torch

        pixels = torch.from_numpy(images)[:, None].to(self.device)
        return pixels.contiguous(memory_format=torch.channels_last)

    def save(self, folder: Path) -> None:
        """Write weights and statistics."""
        import torch

        tensors = {"n_all": torch.tensor(self.n_all), **self.network.state_dict()}
        write_tensors(folder / "network.safetensors", tensors)

    def load(self, folder: Path) -> None:
        """Read what ``save`` wrote."""
        tensors = read_tensors(folder / "network.safetensors")
        n_all = int(tensors.pop("n_all"))
        if self.network is None:
            self.device = chosen_device("auto")
            self.build(n_all)
        self.network.load_state_dict(tensors)


class TorchLearner:
    """A training of an embedder: its network, an optimiser, and batches to learn from."""

    def __init__(self, embedder: TorchEmbedder, batches: BackgroundBatches) -> None:
        import torch

        self._embedder, self._batches = embedder, batches
        recipe = embedder.recipe
        matrices = [p for p in embedder.network.parameters() if p.ndim > 1]
        others = [p for p in embedder.network.parameters() if p.ndim <= 1]  # never decayed
        self._optimiser = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": recipe.weight_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            fused=True,
        )

    def step(self, number: int, rng: np.random.Generator) -> float:
        """Learn from one batch."""
        recipe, loss = self._embedder.recipe, self._loss(rng)
        for group in self._optimiser.param_groups:
            group["lr"] = recipe.learning_rate * warm_cosine(number, recipe.steps)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        self._optimiser.step()
        return float(loss.detach())

    def _loss(self, rng: np.random.Generator) -> Tensor:
        import torch

        embedder, recipe = self._embedder, self._embedder.recipe
        batch = self._batches.draw(rng)
        images = self._batches.images(batch, recipe.side, recipe.distortion, rng)
        embedder.network.train()
        with torch.autocast(
            embedder.device, torch.bfloat16, enabled=recipe.precision == "bfloat16"
        ):
            vectors = embedder.network["backbone"](embedder.tensor(images))
        vectors = vectors.float().reshape(*batch.rows.shape, -1)
        return embedder.objective.loss(embedder.network["head"], vectors, batch)

    def score(self, episodes: Episodes) -> NDArray[Any]:
        """Answer as the method would."""
        return from_embedding(self._embedder, self._embedder.similarity).score(episodes)

    def save(self, folder: Path) -> None:
        """Write weights, statistics and the optimiser's moments."""
        self._embedder.save(folder)
        moments = {
            f"{place}.{name}": value
            for place, values in self._optimiser.state_dict()["state"].items()
            for name, value in values.items()
        }
        write_tensors(folder / "optimiser.safetensors", moments)

    def load(self, folder: Path) -> None:
        """Read what ``save`` wrote."""
        import torch

        self._embedder.load(folder)
        parameters = [p for group in self._optimiser.param_groups for p in group["params"]]
        state: dict[int, dict[str, Any]] = {}
        for key, value in read_tensors(folder / "optimiser.safetensors").items():
            place, _, name = key.partition(".")
            like = parameters[int(place)]  # the layout in memory is part of the arithmetic
            moment = torch.empty_like(like).copy_(value) if value.ndim == like.ndim else value
            state.setdefault(int(place), {})[name] = moment
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": state, "param_groups": groups})


def chosen_device(name: str) -> str:
    """Return ``cpu`` or ``cuda`` for ``auto``, ``cpu`` or ``cuda``.

    Raises:
        MethodError: CUDA is asked for and there is none.
    """
    import torch

    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise MethodError("--device cuda: PyTorch finds no CUDA device here; use auto or cpu")
    return "cuda" if there and name != "cpu" else "cpu"


def write_tensors(path: Path, tensors: dict[str, Any]) -> None:
    """Write named tensors, without pickle."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    try:
        save_file(plain, path)
    except SafetensorError as failure:  # such as a full disk
        raise OSError(f"{path.name}: {failure}") from failure


def read_tensors(path: Path) -> dict[str, Any]:
    """Read what ``write_tensors`` wrote."""
    from safetensors.torch import load_file

    return load_file(path)
