from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import Episodes, Training, training
from harness.checkpoints import Checkpoints
from harness.errors import CheckpointError, MethodError
from harness.training import Progress
from harness.validation import validation
from tests.support.blobs import make_split

HELD_OUT = make_split(alphabets=6, characters=5, drawers=4, side=11, seed=1)


@pytest.fixture(autouse=True)
def checkpoints_as_often_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a checkpoint after every step where a test asks for it, however long one takes."""
    monkeypatch.setattr(training, "LEAST_SHARE", 0)


class Walk:
    """A learner whose state is a number, and whose accuracy depends on it or on the test.

    Args:
        right: how many validation episodes are right after so many steps.
        killed_at: the step at which it is interrupted.
    """

    def __init__(self, right: dict[int, int] | None = None, killed_at: int | None = None) -> None:
        self.state, self.n_steps = 0.0, 0
        self.right, self.killed_at = right, killed_at
        self.done: list[int] = []

    def step(self, number: int, rng: np.random.Generator) -> float:
        if number == self.killed_at:
            raise KeyboardInterrupt
        self.done.append(number)
        self.state, self.n_steps = 0.5 * self.state + rng.random(), number + 1
        return self.state

    def score(self, episodes: Episodes) -> np.ndarray[Any, Any]:
        shape = (len(episodes), 1, episodes.n_way)
        if self.right is None:
            return np.random.default_rng(int(1e9 * self.state)).random(shape)
        truth = validation(HELD_OUT).key.truth
        scores = (truth[:, :, None] == np.arange(episodes.n_way)).astype(float)
        scores[self.right[self.n_steps] :] *= -1
        return scores

    def save(self, folder: Path) -> None:
        np.save(folder / "state.npy", [self.state, self.n_steps])

    def load(self, folder: Path) -> None:
        self.state, self.n_steps = np.load(folder / "state.npy").tolist()


def checkpoints(folder: Path, **owner: Any) -> Checkpoints:
    return Checkpoints(folder / "training", owner or {"seed": 0})


def run(learner: Walk, given: Training | None = None) -> None:
    (given or Training(seed=0)).run(learner, n_steps=12, held_out=HELD_OUT, validate_every=5)


def test_the_curve_has_a_point_at_every_validation_and_at_the_end() -> None:
    training, learner = Training(seed=0), Walk()
    losses: list[float] = []
    training.notify = lambda progress: losses.append(progress.loss)
    run(learner, training)
    assert [point.step for point in training.points] == [5, 10, 12]
    assert [point.loss for point in training.points] == pytest.approx(
        [np.mean(losses[:5]), np.mean(losses[5:10]), np.mean(losses[10:])]
    )
    assert all(0 < point.accuracy < 100 for point in training.points if point.accuracy)
    assert [p.seconds for p in training.points] == sorted(p.seconds for p in training.points)


def note_state(learner: Walk, states: list[float], _: Progress) -> None:
    states.append(learner.state)


def test_the_best_validation_is_kept_and_of_equals_the_latest() -> None:
    for right, best in (((7, 9, 8), 1), ((7, 9, 9), 2), ((9, 8, 8), 0)):
        learner = Walk(right=dict(zip((5, 10, 12), right, strict=True)))
        states: list[float] = []
        note = partial(note_state, learner, states)
        run(learner, training := Training(seed=0, notify=note))
        accuracies = [point.accuracy for point in training.points]
        assert accuracies == pytest.approx([100 * n / 500 for n in right])
        assert learner.state == states[training.points[best].step - 1]


def test_without_held_out_alphabets_the_last_state_stays() -> None:
    training, learner, states = Training(seed=0), Walk(), []
    training.notify = lambda _: states.append(learner.state)
    training.run(learner, n_steps=12, held_out=None, validate_every=5)
    assert learner.state == states[-1]
    assert [point.accuracy for point in training.points] == [None, None, None]


def test_another_seed_is_another_training() -> None:
    states = []
    for seed in (0, 0, 1):
        learner = Walk()
        run(learner, Training(seed=seed))
        states.append(learner.state)
    assert states[0] == states[1] != states[2]


@pytest.mark.parametrize("killed_at", [1, 4, 5, 7, 10, 11])
@pytest.mark.parametrize("seconds", [0.0, 1000.0])
def test_a_killed_training_goes_on_as_if_nothing_had_been(
    tmp_path: Path, killed_at: int, seconds: float
) -> None:
    whole, through = Training(seed=3), Walk()
    run(through, whole)

    def training() -> Training:
        return Training(seed=3, checkpoints=checkpoints(tmp_path), checkpoint_seconds=seconds)

    with pytest.raises(KeyboardInterrupt):
        run(Walk(killed_at=killed_at), training())
    resumed, learner = training(), Walk()
    run(learner, resumed)
    assert learner.state == through.state
    assert [(p.step, p.loss, p.accuracy) for p in resumed.points] == [
        (p.step, p.loss, p.accuracy) for p in whole.points
    ]
    kept = seconds == 0.0
    assert learner.done == list(range(killed_at if kept else 0, 12))
    assert (resumed.seconds_before > 0) is kept


def test_only_the_last_checkpoint_and_the_best_stay(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(
            Walk(killed_at=11, right={5: 9, 10: 8}),
            Training(seed=0, checkpoints=checkpoints(tmp_path), checkpoint_seconds=0),
        )
    assert sorted(path.name for path in (tmp_path / "training").iterdir()) == [
        "best-000000005", "step-000000011",
    ]  # fmt: skip


def interrupted(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(
            Walk(killed_at=7, right={5: 9}),
            Training(seed=0, checkpoints=checkpoints(tmp_path), checkpoint_seconds=0),
        )


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    interrupted(tmp_path)
    foreign = Training(seed=0, checkpoints=checkpoints(tmp_path, seed=1))
    with pytest.raises(CheckpointError, match=r"step-000000007 belongs to another .*--force"):
        run(Walk(), foreign)


@pytest.mark.parametrize("name", ["step-000000007/state.npy", "best-000000005/state.npy"])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, name: str) -> None:
    interrupted(tmp_path)
    (tmp_path / "training" / name).write_bytes(b"")
    again = Training(seed=0, checkpoints=checkpoints(tmp_path))
    learner = Walk(right={10: 8, 12: 8})  # no later validation is better
    with pytest.raises(CheckpointError, match=r"state.npy is damaged or foreign; .*--force"):
        run(learner, again)


@pytest.mark.parametrize("name", ["step-000000007/state.npy", "best-000000005/state.npy"])
def test_damage_is_found_before_any_step(tmp_path: Path, name: str) -> None:
    interrupted(tmp_path)
    (tmp_path / "training" / name).write_bytes(b"")
    learner = Walk()
    with pytest.raises(CheckpointError):
        run(learner, Training(seed=0, checkpoints=checkpoints(tmp_path)))
    assert learner.done == []


def test_a_checkpoint_that_cannot_be_written_costs_nothing_learnt(tmp_path: Path, caplog) -> None:
    class Full(Walk):
        def save(self, folder: Path) -> None:
            if self.n_steps not in (5, 10, 12):  # those of the validations
                raise OSError(28, "No space left on device")
            super().save(folder)

    through, full = Walk(), Full()
    run(through)
    run(full, Training(seed=0, checkpoints=checkpoints(tmp_path), checkpoint_seconds=0))
    assert full.state == through.state
    assert "No space left on device" in caplog.text


def test_an_answer_that_is_none_is_told_with_its_step() -> None:
    class Wrong(Walk):
        def score(self, episodes: Episodes) -> np.ndarray[Any, Any]:
            return np.full((len(episodes), 1, episodes.n_way), np.nan)

    with pytest.raises(MethodError, match="validation after step 5: .*NaN in 500 of 500"):
        run(Wrong())


def test_a_fit_runs_one_training() -> None:
    once = Training(seed=0)
    run(Walk(), once)
    with pytest.raises(MethodError, match="called twice in one fit"):
        run(Walk(), once)


def test_no_steps_are_no_training() -> None:
    with pytest.raises(MethodError, match="n_steps=0 and validate_every=5 must be at least 1"):
        Training(seed=0).run(Walk(), n_steps=0, held_out=None, validate_every=5)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_training(loss: float) -> None:
    class Diverges(Walk):
        def step(self, number: int, rng: np.random.Generator) -> float:
            return loss if number == 7 else 1.0

    with pytest.raises(MethodError, match=f"the loss became {loss} at step 7; lower"):
        run(Diverges())


def test_progress_tells_steps_and_time_left() -> None:
    told: list[Progress] = []
    run(Walk(), Training(seed=0, notify=told.append))
    assert [progress.step for progress in told] == list(range(1, 13))
    assert told[3].accuracy is None and told[4].accuracy is not None
    assert told[-1].seconds_left == 0 < told[0].seconds_left
    assert {progress.n_steps for progress in told} == {12}
