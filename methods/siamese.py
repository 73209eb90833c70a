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
from dataclasses import dataclass, replace
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
from methods.distortion import BENT, KOCH, Distortion, views
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
PRECISIONS = ("bfloat16", "float32")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What a preset decides."""

    koch: bool = False  # Koch's network and pairs, or a residual one and all pairs of a batch
    side: int = 32  # of the images that the network sees
    width: int = 64  # channels of the first residual block; of the last one 4 times as many
    dimensions: int = 256  # of the embedding
    classes: int = 64  # in a batch, two drawings of each
    steps: int = 2700
    validations: int = 12  # points of the learning curve
    held_out: int = 2  # background alphabets that choose the checkpoint
    rotations: bool = True  # turned characters are classes of their own
    same_alphabet: float = 0.5  # share of batches from as few alphabets as possible
    distortion: Distortion = BENT
    optimizer: str = "adamw"
    precision: str = "bfloat16"  # while it computes; weights are float32
    views: int = 5  # of each drawing, turned a little, whose vectors are averaged
    view_angle: float = 8.0  # of the outermost views, in degrees


PRESETS: Mapping[str, Preset] = {
    # views were compared on omniglot@validation; steps are what eight minutes of two cores allow;
    # the rest are first guesses that did well there: docs/decisions.md
    "default": Preset(),
    "tiny": Preset(side=20, width=24, dimensions=64, classes=32, steps=600, validations=4, views=1),
    # Koch's network, distortions and schedule. Their training differs in this: it draws as many
    # pairs of each alphabet, uses 12 of the 20 drawers, and stops when 320 validation trials have
    # not improved for 20 epochs; rates and penalties are of each layer, and not published.
    "paper": Preset(
        koch=True,
        side=105,
        dimensions=4096,
        classes=128,  # pairs in a batch
        steps=234_375,  # 200 epochs of 150,000 pairs, which are the most there
        validations=40,
        rotations=False,
        same_alphabet=0.0,
        distortion=KOCH,
        optimizer="sgd",
        precision="float32",
        views=1,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Config:
    """A preset, and what to take instead of its values; 0 or nothing leaves them."""

    preset: str = "default"  # paper: Koch et al. 2015; tiny: for a first look
    optimizer: str = ""  # sgd: Koch et al. 2015; adam: 6e-5, Bouma 2017; adamw
    learning_rate: float = 0.0  # at its highest; 0: as the optimiser has it
    steps: int = 0  # 0: as in the preset
    classes: int = 0  # in a batch, two drawings of each; with preset=paper pairs: 32 is Bouma's
    same_alphabet: float = -1.0  # share of batches from as few alphabets as possible; -1: as preset
    held_out: int = 0  # background alphabets, to choose the checkpoint; 0: as in the preset
    views: int = 0  # of each drawing, turned, whose vectors are averaged; 0: as in the preset
    precision: str = ""  # bfloat16: twice as fast where the processor has it; float32

    def __post_init__(self) -> None:
        for what, name, known in (
            ("preset", self.preset, PRESETS),
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("precision", self.precision, PRECISIONS),
        ):
            if name not in known and (name or what == "preset"):
                raise ValueError(f"no {what} {name}; {did_you_mean(name, known)}")

        for name in ("learning_rate", "steps", "classes", "held_out", "views"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)} is less than 0")
        if self.same_alphabet > 1:
            raise ValueError(f"same_alphabet={self.same_alphabet} is a share; at most 1")
        if self.classes == 1:
            raise ValueError("classes=1 leaves nothing to tell apart; at least 2")

    @property
    def chosen(self) -> Preset:
        """The preset, with what was set beside it."""
        preset = PRESETS[self.preset]
        return replace(
            preset,
            optimizer=self.optimizer or preset.optimizer,
            steps=self.steps or preset.steps,
            classes=self.classes or preset.classes,
            same_alphabet=preset.same_alphabet if self.same_alphabet < 0 else self.same_alphabet,
            held_out=self.held_out or preset.held_out,
            views=self.views or preset.views,
            precision=self.precision or preset.precision,
        )


class SiameseEmbedder:
    """The twin as an embedding, and the logistic unit as its similarity."""

    def __init__(self, chosen: Preset, learning_rate: float = 0.0) -> None:
        self._chosen, self._learning_rate = chosen, learning_rate
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
        chosen = self._chosen
        self._device = chosen_device(training.device)
        n_held = min(chosen.held_out, len(background.groups) - 1)
        rest, held = background.hold_out(n_held, seed=training.seed)
        batches = BackgroundBatches(
            rest,
            n_classes=chosen.classes,
            n_drawings=2,
            rotations=chosen.rotations,
            same_alphabet=chosen.same_alphabet,
        )
        with self._placed():
            self.build(training.seed)
            learner = self._learner(batches)
            every = max(1, chosen.steps // chosen.validations)
            training.run(learner, n_steps=chosen.steps, held_out=held, validate_every=every)

    def build(self, seed: int) -> None:
        """Make a new network, whose weights ``seed`` decides."""
        make_repeatable(seed)
        chosen = self._chosen
        if chosen.koch:
            twin, unit = koch_twin(chosen.precision), koch_unit()
        else:
            unit = steep_unit(chosen.dimensions)
            twin = residual_twin(chosen.side, chosen.width, chosen.dimensions, chosen.precision)
        self._network = pair_network(twin, unit, all_pairs=not chosen.koch)

    def embed(self, images: NDArray[np.bool_]) -> Floats:
        """Return ``(n, dimensions)`` vectors, each of its image alone: the mean of its views."""
        chosen = self._chosen
        turned = views(images, chosen.side, chosen.views, chosen.view_angle)
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
        chosen, optimizer = self._chosen, OPTIMIZERS[self._chosen.optimizer]
        return SiameseLearner(
            self._network,
            batches,
            side=chosen.side,
            distortion=chosen.distortion,
            all_pairs=not chosen.koch,
            optimizer=optimizer,
            learning_rate=self._learning_rate or optimizer.learning_rate,
            n_steps=chosen.steps,
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
    embedder = SiameseEmbedder(config.chosen, config.learning_rate)
    return from_embedding(embedder, embedder.similarity)


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(
        name="siamese",
        build=_build,
        settings=Config,
        seeded=True,
        framework="keras",
        requires=("keras",),
        install="oneshot-harness[keras]",
    )
