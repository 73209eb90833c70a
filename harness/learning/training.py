"""Training: the loop that the harness gives to every method that learns step by step."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.errors import MethodError
from harness.learning.checkpoints import Checkpoints, temporary
from harness.learning.point import Point
from harness.learning.validation import validation
from harness.protocol.dataset import Split
from harness.protocol.episodes import Episodes
from harness.protocol.method import checked_scores
from harness.protocol.outcome import judge

log = logging.getLogger("oneshot")

CHECKPOINT_SECONDS = 60.0
LEAST_SHARE = 50
"""A checkpoint comes at the earliest after so many times the seconds that the last one took."""


class Learner(Protocol):
    """What is trained: a network, its optimiser, and the background that it learns from."""

    def step(self, number: int, rng: np.random.Generator) -> float:
        """Learn from one batch, chosen and distorted by ``rng`` alone; return its mean loss.

        ``number`` counts from 0. ``rng`` is made anew for each step from the seed and the number,
        so a resumed training goes on exactly as it would have gone.
        """

    def score(self, episodes: Episodes) -> NDArray[Any]:
        """Answer validation episodes as the method would, with what is learnt so far."""

    def save(self, folder: Path) -> None:
        """Write all that the next step depends on: weights, statistics, optimiser. No pickle."""

    def load(self, folder: Path) -> None:
        """Read what ``save`` wrote."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a training is.

    Attributes:
        step: steps done.
        n_steps: of how many.
        loss: of the last step.
        accuracy: in percent, at the last validation; None before the first.
        seconds_left: at the pace so far.
    """

    step: int
    n_steps: int
    loss: float
    accuracy: float | None
    seconds_left: float


def _unheard(progress: Progress) -> None:
    pass


@dataclass(kw_only=True)
class Training:
    """What the harness gives a method that learns.

    Attributes:
        seed: the only source of randomness that ``fit`` may use.
        device: where to compute: ``auto``, ``cpu`` or ``cuda``.
        checkpoints: where a killed training goes on from; None where nobody will resume it.
        checkpoint_seconds: how often at most a checkpoint is written.
        notify: told of every step.
        points: the learning curve, once ``run`` has ended.
        seconds_before: what earlier processes had spent on this training.
    """

    seed: int
    device: str = "auto"
    checkpoints: Checkpoints | None = None
    checkpoint_seconds: float = CHECKPOINT_SECONDS
    notify: Callable[[Progress], None] = _unheard
    points: tuple[Point, ...] = field(default=(), init=False)
    seconds_before: float = field(default=0.0, init=False)
    _ran: bool = field(default=False, init=False, repr=False)

    def run(
        self, learner: Learner, *, n_steps: int, held_out: Split | None, validate_every: int
    ) -> None:
        """Train ``learner``, and leave it as it was at its best validation, the latest of equals.

        Args:
            learner: what to train.
            n_steps: in all; those that an earlier process did are not done again.
            held_out: background groups that ``learner`` does not learn from; None for no
                validation, and the last state.
            validate_every: steps between two points of the learning curve.

        Raises:
            MethodError: the loss is no longer a number, or an answer is none.
            CheckpointError: a checkpoint is damaged, or of another training.
        """
        if self._ran:
            raise MethodError("training.run is called twice in one fit; call it once")
        if n_steps < 1 or validate_every < 1:
            raise MethodError(
                f"training.run: n_steps={n_steps} and validate_every={validate_every} must be "
                "at least 1"
            )
        self._ran = True
        kept = temporary() if self.checkpoints is None else nullcontext(self.checkpoints)
        with kept as checkpoints:
            loop = _Loop(self, learner, checkpoints, held_out)
            self.seconds_before = loop.standing.seconds
            self.points = loop.run(n_steps, validate_every)


class _Loop:
    """One run of a training: what stands between its steps."""

    def __init__(
        self, training: Training, learner: Learner, checkpoints: Checkpoints, held_out: Split | None
    ) -> None:
        self._training, self._learner, self._checkpoints = training, learner, checkpoints
        self._task = None if held_out is None else validation(held_out)
        self.standing = checkpoints.resume(learner)
        self._resumed_at = perf_counter() - self.standing.seconds
        self._not_before = perf_counter() + training.checkpoint_seconds

    def run(self, n_steps: int, validate_every: int) -> tuple[Point, ...]:
        for step in range(self.standing.step, n_steps):
            rng = np.random.default_rng((self._training.seed, step))
            loss = float(self._learner.step(step, rng))
            if not math.isfinite(loss):
                raise MethodError(f"the loss became {loss} at step {step}; lower the learning rate")
            self._advance(loss)
            if (step + 1) % validate_every == 0 or step + 1 == n_steps:
                self._validate()
            if perf_counter() >= self._not_before:
                self._checkpoint()
            self._tell(loss, n_steps)
        if self.standing.best is not None:
            self._checkpoints.load_best(self._learner, self.standing.best)
        return self.standing.points

    def _advance(self, loss: float) -> None:
        standing = self.standing
        self.standing = replace(
            standing,
            step=standing.step + 1,
            seconds=perf_counter() - self._resumed_at,
            loss_sum=standing.loss_sum + loss,
        )

    def _validate(self) -> None:
        """Add a point to the curve; keep the state if no earlier one was better."""
        standing, accuracy = self.standing, self._accuracy()
        since = standing.step - (standing.points[-1].step if standing.points else 0)
        point = Point(
            step=standing.step,
            seconds=perf_counter() - self._resumed_at,
            loss=standing.loss_sum / since,
            accuracy=accuracy,
        )
        earlier = [p.accuracy for p in standing.points if p.accuracy is not None]
        best = standing.best
        if accuracy is not None and accuracy >= max(earlier, default=0.0):
            best = standing.step
            self._checkpoints.keep_best(self._learner, best)
        self.standing = replace(standing, points=(*standing.points, point), loss_sum=0.0, best=best)

    def _accuracy(self) -> float | None:
        if self._task is None:
            return None
        episodes = self._task.episodes
        try:
            scores = checked_scores(self._learner.score(episodes), episodes, "score")
        except MethodError as failure:
            raise MethodError(f"validation after step {self.standing.step}: {failure}") from failure
        return judge(scores, self._task.key.truth).percent

    def _checkpoint(self) -> None:
        started = perf_counter()
        standing = replace(self.standing, seconds=started - self._resumed_at)
        try:
            self._checkpoints.keep(self._learner, standing)
        except OSError as failure:  # costs the chance to resume, not what is learnt
            log.warning("a checkpoint could not be written (%s); training goes on", failure)
        ended = perf_counter()
        pause = max(self._training.checkpoint_seconds, LEAST_SHARE * (ended - started))
        self._not_before = ended + pause

    def _tell(self, loss: float, n_steps: int) -> None:
        standing = self.standing
        here = perf_counter() - self._resumed_at
        done = standing.step
        self._training.notify(
            Progress(
                step=done,
                n_steps=n_steps,
                loss=loss,
                accuracy=standing.points[-1].accuracy if standing.points else None,
                seconds_left=here / done * (n_steps - done),
            )
        )
