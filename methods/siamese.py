"""``siamese``: twin networks learn whether two drawings show the same character.

Koch, Zemel and Salakhutdinov 2015, "Siamese neural networks for one-shot image recognition", and
Bouma 2017, "One shot learning and Siamese networks in Keras". Two networks with the same weights
embed two images; one logistic unit weighs the absolute differences of their vectors, and learns
by binary cross-entropy on same and different pairs. The answer to a task is the support that is
most likely the same. Only ``preset=paper`` is Koch's own network; the default is the same method
with a smaller network that learns from all pairs of a batch, for a processor's few minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness import (
    EmbeddingMethod,
    Floats,
    MethodSpec,
    Split,
    Training,
    did_you_mean,
    from_embedding,
    hookimpl,
)
from methods.background_batches import BackgroundBatches
from methods.distortion import DISTORTIONS, views
from methods.siamese_networks import (
    koch_twin,
    koch_unit,
    pair_network,
    residual_twin,
    steep_unit,
)
from methods.siamese_training import OPTIMIZERS, SiameseLearner, chosen_device, make_repeatable

EMBED_BATCH = 64
"""Every batch is filled up to this size, so that no vector depends on how many others there are."""
NETWORKS = ("residual", "koch")
PRECISIONS = ("bfloat16", "float32")
LEAST: Mapping[str, float] = {
    "side": 1,
    "width": 2,
    "dimensions": 1,
    "classes": 2,
    "steps": 1,
    "validations": 1,
    "held_out": 1,
    "same_group": 0,
    "views": 1,
}
"""The least value of each setting that has one."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """A small network and all pairs of a batch; see ``PRESETS`` for that of the paper.

    The number of views was compared on ``omniglot@validation``; the rest are first guesses that
    did well there: docs/decisions.md.
    """

    network: str = "residual"  # koch: Koch's network and pairs, with side=105, dimensions=4096
    side: int = 32  # pixels of the images that the network sees
    width: int = 64  # channels of the first residual block; the last one has 4 times as many
    dimensions: int = 256  # of the embedding
    classes: int = 64  # in a batch, two drawings of each; with network=koch pairs: 32 is Bouma's
    steps: int = 2700  # those that two cores do in eight minutes
    validations: int = 12  # points of the learning curve, each a candidate checkpoint
    held_out: int = 2  # background alphabets, to choose the checkpoint
    rotations: bool = True  # turned characters are classes of their own
    same_group: float = 0.5  # share of batches from as few alphabets as possible
    distortion: str = "bent"  # of the drawings; koch: Koch et al. 2015
    optimizer: str = "adamw"  # sgd: Koch et al. 2015; adam: Bouma 2017
    rate_factor: float = 1.0  # of the learning rate: sgd 1e-2, adam 6e-5, adamw 2e-3 at its highest
    precision: str = "bfloat16"  # while training: twice as fast where the processor has it; float32
    views: int = 5  # of each drawing, turned a little, whose vectors are averaged
    view_angle: float = 8.0  # of the outermost views, in degrees

    def __post_init__(self) -> None:
        for what, name, known in (
            ("network", self.network, NETWORKS),
            ("distortion", self.distortion, DISTORTIONS),
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("precision", self.precision, PRECISIONS),
        ):
            if name not in known:
                raise ValueError(f"no {what} {name}; {did_you_mean(name, known)}")
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)} is less than {least}")
        if self.rate_factor <= 0:
            raise ValueError(f"rate_factor={self.rate_factor} is not above 0")
        if self.same_group > 1:
            raise ValueError(f"same_group={self.same_group} is a share; at most 1")
        if self.koch and (self.side, self.dimensions) != (105, 4096):
            raise ValueError(
                f"network=koch needs side=105 and dimensions=4096, not {self.side} and "
                f"{self.dimensions}; start with preset=paper"
            )

    @property
    def koch(self) -> bool:
        """Whether it is Koch's network, which learns from pairs that are drawn for it."""
        return self.network == "koch"


PRESETS: Mapping[str, Config] = {
    # Koch's network, distortions and schedule. Their training differs in this: it draws as many
    # pairs of each alphabet, uses 12 of the 20 drawers, and stops when 320 validation trials have
    # not improved for 20 epochs; rates and penalties are of each layer, and not published.
    "paper": Config(
        network="koch",
        side=105,
        dimensions=4096,
        classes=128,
        steps=234_375,  # 200 epochs of 150,000 pairs, which are the most there
        validations=40,
        rotations=False,
        same_group=0.0,
        distortion="koch",
        optimizer="sgd",
        precision="float32",
        views=1,
    ),
    "tiny": Config(side=20, width=24, dimensions=64, classes=32, steps=600, validations=4, views=1),
}


class SiameseEmbedder:
    """The twin as an embedding, and the logistic unit as its similarity."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._device = ""
        self._network: Any = None

    @property
    def n_parameters(self) -> int | None:
        """How many values the twin and the logistic unit learn; None before they exist."""
        if self._network is None:
            return None
        return sum(int(np.prod(weight.shape)) for weight in self._network.trainable_weights)

    def fit(self, background: Split, training: Training) -> None:
        """Train; background alphabets that are held out choose the checkpoint."""
        config = self._config
        self._device = chosen_device(training.device)
        n_held = min(config.held_out, len(background.groups) - 1)
        rest, held = background.hold_out(n_held, seed=training.seed)
        batches = BackgroundBatches(
            rest,
            n_classes=config.classes,
            n_drawings=2,
            rotations=config.rotations,
            same_group=config.same_group,
        )
        with self._placed():
            self.build(training.seed)
            learner = self._learner(batches)
            every = max(1, config.steps // config.validations)
            training.run(learner, n_steps=config.steps, held_out=held, validate_every=every)

    def build(self, seed: int) -> None:
        """Make a new network, whose weights ``seed`` decides."""
        make_repeatable(seed)
        config = self._config
        if config.koch:
            twin, unit = koch_twin(config.precision), koch_unit()
        else:
            unit = steep_unit(config.dimensions)
            twin = residual_twin(config.side, config.width, config.dimensions, config.precision)
        self._network = pair_network(twin, unit, all_pairs=not config.koch)

    def embed(self, images: NDArray[np.bool_]) -> Floats:
        """Return ``(n, dimensions)`` vectors, each of its image alone: the mean of its views."""
        config = self._config
        turned = views(images, config.side, config.views, config.view_angle)
        return np.mean([self._vectors(view) for view in turned], axis=0)

    def similarity(self, query: Floats, support: Floats) -> Floats:
        """Return what the logistic unit says of each query and the nearest support of each way.

        Shapes as in ``harness.Similarity``. It is the logit of the mean vectors of their views;
        that the nearest of several supports counts is ours, Koch et al. have one. One query at a
        time: what is in hand fits the cache.
        """
        kernel, bias = self._unit()
        n_episodes, n_way, n_shot, d = support.shape
        flat = support.reshape(n_episodes, n_way * n_shot, d)
        logits = np.empty((n_episodes, query.shape[1], n_way * n_shot), np.float32)
        for episode, supports in enumerate(flat):
            for place, one in enumerate(query[episode]):
                # (n_way * n_shot, d) @ (d,)
                logits[episode, place] = np.abs(supports - one) @ kernel + bias
        return logits.reshape(n_episodes, -1, n_way, n_shot).max(axis=-1)

    def save(self, folder: Path) -> None:
        """Write the pair network, without its optimiser."""
        import keras

        keras.Model(self._network.inputs, self._network.outputs).save(folder / "siamese.keras")

    def load(self, folder: Path) -> None:
        """Read what ``save`` wrote; Keras refuses a file that brings code."""
        import keras

        path = folder / "siamese.keras"
        self._network = keras.saving.load_model(path, compile=False, safe_mode=True)

    def _learner(self, batches: BackgroundBatches) -> SiameseLearner:
        config, optimizer = self._config, OPTIMIZERS[self._config.optimizer]
        return SiameseLearner(
            self._network,
            batches,
            side=config.side,
            distortion=DISTORTIONS[config.distortion],
            all_pairs=not config.koch,
            optimizer=optimizer,
            learning_rate=config.rate_factor * optimizer.learning_rate,
            n_steps=config.steps,
            score=lambda episodes: from_embedding(self, self.similarity).score(episodes),
        )

    def _vectors(self, images: Floats) -> Floats:
        """Return ``(n, dimensions)`` for ``(n, side, side)``."""
        twin = self._network.get_layer("twin")
        twin.jit_compile = False  # compiling takes longer than it saves
        missing = -len(images) % EMBED_BATCH
        padded = np.pad(images, ((0, missing), (0, 0), (0, 0)))[..., None]
        with self._placed():
            parts = [
                np.asarray(twin.predict_on_batch(padded[start : start + EMBED_BATCH]))
                for start in range(0, len(padded), EMBED_BATCH)
            ]
        return np.concatenate(parts)[: len(images)]

    def _unit(self) -> tuple[Floats, Floats]:
        kernel, bias = (weight.numpy() for weight in self._network.get_layer("unit").weights)
        return kernel[:, 0], bias

    def _placed(self) -> AbstractContextManager[Any]:
        import keras

        return keras.device(self._device) if self._device else nullcontext()


def _build(config: Config) -> EmbeddingMethod:
    embedder = SiameseEmbedder(config)
    return from_embedding(embedder, embedder.similarity)


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(
        name="siamese",
        build=_build,
        settings=Config,
        presets=PRESETS,
        seeded=True,
        framework="keras",
        requires=("keras",),
        install="oneshot-harness[keras]",
    )
