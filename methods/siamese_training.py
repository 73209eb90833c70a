"""How ``siamese`` learns: its optimisers, its batches of pairs, and one step."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness import Episodes, MethodError
from methods.background_batches import BackgroundBatches
from methods.distortion import Distortion
from methods.schedule import warm_cosine

if TYPE_CHECKING:
    import keras

PAIRS_IN_EPOCH = 150_000
"""Koch et al. 2015 train on 30, 90 or 150 thousand pairs; ours are drawn anew at each step."""
DIFFERENT_SHARE = 0.8
"""Of the loss when all pairs of a batch count: the different pairs together against the same."""


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """How weights follow the gradient.

    Attributes:
        make: returns a new Keras optimiser, given the number of steps and what it is to move.
        learning_rate: where it starts, or at its highest.
        factor: of the learning rate, given the step, the number of steps, and the pairs of a step.
    """

    make: Callable[[int, list[keras.Variable]], keras.Optimizer]
    learning_rate: float
    factor: Callable[[int, int, int], float]


def rising_momentum(n_steps: int, variables: list[keras.Variable]) -> keras.Optimizer:
    """Return SGD whose momentum rises linearly from 0.5, as in Koch et al. 2015.

    They search its final value for each layer within 0 to 1 and do not publish it: 0.9 is our
    guess.
    """
    import keras
    from keras import ops

    class RisingMomentum(keras.optimizers.SGD):  # type: ignore[misc,name-defined,unused-ignore]
        def update_step(
            self,
            gradient: Any,  # noqa: ANN401, a tensor of any backend
            variable: keras.Variable,
            learning_rate: Any,  # noqa: ANN401, a tensor of any backend
        ) -> None:
            done = ops.cast(self.iterations, variable.dtype) / n_steps
            momentum = self.momentum + (0.9 - self.momentum) * done
            velocity = self.momentums[self._get_variable_index(variable)]
            change = momentum * velocity - ops.cast(learning_rate, variable.dtype) * gradient
            self.assign(velocity, change)
            self.assign_add(variable, change)

    return RisingMomentum(momentum=0.5)


def _adam(n_steps: int, variables: list[keras.Variable]) -> keras.Optimizer:
    import keras

    return keras.optimizers.Adam()


def _adamw(n_steps: int, variables: list[keras.Variable]) -> keras.Optimizer:
    import keras

    optimizer = keras.optimizers.AdamW(weight_decay=0.05)
    # only the twin's matrices and filters: not biases, not normalisations, not the logistic unit
    free = [v for v in variables if len(v.shape) < 2 or v.path.startswith("unit/")]
    optimizer.exclude_from_weight_decay(var_list=free)
    return optimizer


def _falling(number: int, n_steps: int, n_pairs: int) -> float:
    return 0.99 ** (number * n_pairs // PAIRS_IN_EPOCH)  # a hundredth each epoch


def _constant(number: int, n_steps: int, n_pairs: int) -> float:
    return 1.0


def _cosine(number: int, n_steps: int, n_pairs: int) -> float:
    return warm_cosine(number, n_steps)


OPTIMIZERS = {
    # Koch et al. 2015, who search the first learning rate within 1e-4 to 1e-1; 1e-2 is our guess
    "sgd": Optimizer(make=rising_momentum, learning_rate=1e-2, factor=_falling),
    "adam": Optimizer(make=_adam, learning_rate=6e-5, factor=_constant),  # Bouma 2017
    "adamw": Optimizer(make=_adamw, learning_rate=2e-3, factor=_cosine),
}


class SiameseLearner:
    """A training: the pair network with its optimiser, and the background.

    Args:
        network: from ``pair_network``.
        batches: two drawings of each class.
        side: of the network's images.
        distortion: of the drawings.
        all_pairs: whether each first image of a batch is compared with each second one.
        optimizer: of ``OPTIMIZERS``.
        learning_rate: where it starts, or at its highest.
        n_steps: in all.
        score: how the method answers with what is learnt so far.
    """

    def __init__(
        self,
        network: keras.Model,
        batches: BackgroundBatches,
        *,
        side: int,
        distortion: Distortion,
        all_pairs: bool,
        optimizer: Optimizer,
        learning_rate: float,
        n_steps: int,
        score: Callable[[Episodes], NDArray[Any]],
    ) -> None:
        import keras

        self._network, self._batches, self._score = network, batches, score
        self._side, self._distortion, self._all_pairs = side, distortion, all_pairs
        self._schedule, self._highest, self._n_steps = optimizer.factor, learning_rate, n_steps
        self._optimizer = optimizer.make(n_steps, network.trainable_variables)
        self._optimizer.build(network.trainable_variables)
        network.compile(
            optimizer=self._optimizer,
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            weighted_metrics=[keras.metrics.BinaryCrossentropy(from_logits=True, name="entropy")],
            jit_compile=False,
        )

    def step(self, number: int, rng: np.random.Generator) -> float:
        """Learn from one batch of pairs; return the cross-entropy, without the penalties.

        In Koch's network the penalties begin at two thousand times the cross-entropy, and would
        hide it.
        """
        batch = self._batches.draw(rng)
        images = self._batches.images(batch, self._side, self._distortion, rng)
        pairs = images.reshape(-1, 2, self._side, self._side, 1)
        factor = self._schedule(number, self._n_steps, len(pairs))
        self._optimizer.learning_rate = self._highest * factor
        self._network.reset_metrics()  # or the loss would be a mean over all steps so far
        given = (
            (pairs, *all_pairs(len(pairs))) if self._all_pairs else even_pairs(pairs, batch.label)
        )
        told = self._network.train_on_batch(*given, return_dict=True)
        return float(told["entropy"]) if np.isfinite(told["loss"]) else float(told["loss"])

    def score(self, episodes: Episodes) -> NDArray[Any]:
        """Answer as the method would."""
        return self._score(episodes)

    def save(self, folder: Path) -> None:
        """Write weights, statistics and the optimiser's state."""
        values = [variable.numpy() for variable in self._variables()]
        np.savez(folder / "training.npz", *values)

    def load(self, folder: Path) -> None:
        """Read what ``save`` wrote."""
        with np.load(folder / "training.npz") as stored:
            for place, variable in enumerate(self._variables()):
                variable.assign(stored[f"arr_{place}"])

    def _variables(self) -> list[keras.Variable]:
        return [*self._network.weights, *self._optimizer.variables]


def all_pairs(n: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what is the same ``(n, n, 1)`` and how much each pair counts ``(n, n)``.

    The weights' mean is 1; the n same pairs have a fifth of them, the others four fifths.
    """
    same = np.eye(n, dtype=np.float32)
    weight = np.where(same, (1 - DIFFERENT_SHARE) * n, DIFFERENT_SHARE * n / (n - 1))
    return same[:, :, None], weight.astype(np.float32)


def even_pairs(
    pairs: NDArray[np.float32], label: NDArray[np.integer]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Leave half of the pairs the same, and exchange partners among the others.

    Returns ``(n, 2, side, side, 1)`` and what is the same, ``(n, 1)``.
    """
    partner = np.roll(np.arange(len(pairs)), 1)
    partner[: len(pairs) // 2] = np.arange(len(pairs) // 2)
    mixed = np.stack([pairs[:, 0], pairs[partner, 1]], axis=1)
    return mixed, (label == label[partner]).astype(np.float32)[:, None]


def make_repeatable(seed: int) -> None:
    """Let the same seed give the same weights, and the backend the same sums each time."""
    import keras

    keras.utils.set_random_seed(seed)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # PyTorch asks for it on a card
    if keras.backend.backend() == "tensorflow":
        import tensorflow  # type: ignore[import-untyped,import-not-found,unused-ignore]

        tensorflow.config.experimental.enable_op_determinism()
    elif keras.backend.backend() == "torch":
        import torch

        torch.use_deterministic_algorithms(True)


def chosen_device(name: str) -> str:
    """Return what Keras calls ``cpu`` or ``cuda``; nothing for ``auto``, which Keras decides.

    Raises:
        MethodError: CUDA is asked for and the backend has none.
    """
    import keras

    if name == "auto":
        return ""
    if name == "cpu":
        return "cpu:0"
    if keras.backend.backend() == "torch":
        import torch

        there = torch.cuda.is_available()
    else:
        there = bool(keras.distribution.list_devices("gpu"))
    if not there:
        backend = keras.backend.backend()
        raise MethodError(f"--device cuda: Keras with {backend} finds no GPU here; use auto or cpu")
    return "gpu:0"
