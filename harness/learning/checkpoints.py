"""Checkpoints: where a training stands, written so that a killed one goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from harness.errors import CheckpointError, SealError
from harness.learning.point import Point
from harness.storage.dataclass_json import Mismatch, from_body, to_body
from harness.storage.sealed import UNFINISHED, seal, unseal


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a training has come.

    Attributes:
        step: steps done.
        seconds: spent so far, over all processes that worked on it.
        loss_sum: of the steps since the last point.
        points: the learning curve so far.
        best: the step of the best validation so far; None before the first.
    """

    step: int = 0
    seconds: float = 0.0
    loss_sum: float = 0.0
    points: tuple[Point, ...] = ()
    best: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Note:
    """What is noted of a checkpoint: the training, and how far it had come unless it is a best."""

    owner: Mapping[str, Any]
    standing: Standing | None = None


class Saved(Protocol):
    """Whatever can write its state into a folder and read it back."""

    def save(self, folder: Path) -> None:
        """Write the state."""

    def load(self, folder: Path) -> None:
        """Read the state."""


class Checkpoints:
    """The checkpoints of one training: the last one, and the best by validation.

    Args:
        folder: where they are kept.
        owner: what the training is, such as its settings and seed; a checkpoint of anything else
            is refused.
    """

    def __init__(self, folder: Path, owner: Mapping[str, Any]) -> None:
        self._folder, self._owner = folder, dict(owner)

    def keep(self, learner: Saved, standing: Standing) -> None:
        """Write a checkpoint, then remove those that it replaces."""
        last, best = f"step-{standing.step:09d}", f"best-{standing.best or 0:09d}"
        note = _Note(owner=self._owner, standing=standing)
        seal(self._folder / last, to_body(note), learner.save)
        for path in self._folder.iterdir():
            if path.name not in (last, best):
                shutil.rmtree(path, ignore_errors=True)

    def keep_best(self, learner: Saved, step: int) -> None:
        """Write the best state so far; earlier ones go when the next checkpoint is kept."""
        seal(self._best(step), to_body(_Note(owner=self._owner)), learner.save)

    def resume(self, learner: Saved) -> Standing:
        """Let ``learner`` read the last checkpoint, if there is one, and say how far it had come.

        Raises:
            CheckpointError: it is damaged, or of another training.
        """
        found = sorted(self._folder.glob("step-*"))
        if not found:
            return Standing()
        standing = self._note(found[-1]).standing or Standing()
        if standing.best is not None:  # found damaged now, not after the last step
            self._note(self._best(standing.best))
        learner.load(found[-1])
        return standing

    def load_best(self, learner: Saved, step: int) -> None:
        """Let ``learner`` read the state that was best at ``step``.

        Raises:
            CheckpointError: it is damaged, or of another training.
        """
        self._note(self._best(step))
        learner.load(self._best(step))

    def _best(self, step: int) -> Path:
        return self._folder / f"best-{step:09d}"

    def _note(self, folder: Path) -> _Note:
        """Return the note of a checkpoint that is sound and of this training."""
        advice = "train again with --force, or remove it: oneshot cache clear --unfinished"
        try:
            note = from_body(unseal(folder), _Note)
        except (SealError, Mismatch) as damage:
            raise CheckpointError(f"checkpoint {damage}; {advice}") from damage
        if note.owner != self._owner:
            raise CheckpointError(
                f"checkpoint {folder} belongs to another training ({note.owner}); {advice}"
            )
        return note


@contextmanager
def temporary() -> Iterator[Checkpoints]:
    """Give checkpoints that last as long as the block: for a training that nobody resumes."""
    with TemporaryDirectory(prefix=UNFINISHED) as folder:
        yield Checkpoints(Path(folder), {})
