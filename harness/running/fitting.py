"""Fitting a method, or loading what an earlier job fitted."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from harness.errors import DataError
from harness.learning import model_cache
from harness.learning.embedding import EmbeddingMethod
from harness.learning.model_cache import Fit, Origin
from harness.learning.training import CHECKPOINT_SECONDS, Progress, Training
from harness.protocol.dataset import Split
from harness.protocol.method import Method
from harness.running.device import Device
from harness.running.machine import environment, peak_memory

log = logging.getLogger("oneshot")


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Where and how a job computes. Results may differ by rounding.

    Attributes:
        device: where methods compute.
        keras_backend: the backend of Keras.
        checkpoint_seconds: seconds between two checkpoints of a training, at least.
        refit: ignore fitted models and checkpoints of earlier jobs.
        keep: keep the fitted model for later jobs, and load what earlier ones kept.
    """

    device: Device = "auto"
    keras_backend: str = "tensorflow"
    checkpoint_seconds: float = CHECKPOINT_SECONDS
    refit: bool = False
    keep: bool = True

    def set_environment(self) -> None:
        """Set the environment variables that frameworks read when they are imported."""
        os.environ["KERAS_BACKEND"] = self.keras_backend
        if self.device == "cpu":
            os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

    def allow(self, environment: Mapping[str, Any]) -> bool:
        """Whether a record that was made in ``environment`` meets these conditions."""
        on_card = "graphics_card" in environment["machine"]
        if self.device != "auto" and on_card != (self.device == "cuda"):
            return False
        return environment.get("keras_backend", self.keras_backend) == self.keras_backend


def fit(
    method: Method,
    background: Split,
    origin: Origin,
    conditions: Conditions,
    notify: Callable[[Progress], None],
) -> Fit:
    """Fit a method, or load what an earlier job learnt with the same origin.

    A method is kept when it has all of ``fit``, ``save`` and ``load``.

    Raises:
        CheckpointError: the kept model is damaged.
        Exception: whatever the method raises.
    """
    if not hasattr(method, "fit"):
        return Fit(seconds=0.0, peak_memory=0, environment=environment())
    if not conditions.keep or not _keeps(method):
        training = Training(seed=origin.seed, device=conditions.device, notify=notify)
        return _train(method, background, training)
    with model_cache.alone(origin):
        if conditions.refit:
            model_cache.forget(origin)
        kept = model_cache.load(origin, method.load)  # type: ignore[attr-defined]
        if kept is not None:
            return kept
        training = Training(
            seed=origin.seed,
            device=conditions.device,
            checkpoints=model_cache.checkpoints(origin),
            checkpoint_seconds=conditions.checkpoint_seconds,
            notify=notify,
        )
        done = _train(method, background, training)
        try:
            model_cache.keep(origin, done, method.save)  # type: ignore[attr-defined]
        except DataError as failure:  # the method can answer without it
            log.warning("%s; it will be trained again next time", failure)
        return done


def _keeps(method: Method) -> bool:
    """Whether a method learns something that can be kept."""
    learner = method.embedder if isinstance(method, EmbeddingMethod) else method
    return all(hasattr(learner, verb) for verb in ("fit", "save", "load"))


def _train(method: Method, background: Split, training: Training) -> Fit:
    started = perf_counter()
    method.fit(background, training)  # type: ignore[attr-defined]
    seconds = perf_counter() - started + training.seconds_before
    return Fit(
        seconds=seconds,
        peak_memory=peak_memory(),
        environment=environment(),
        points=training.points,
    )
