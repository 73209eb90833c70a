"""Tasks by name: ``across-20w1s``, ``within-5w5s@background``, ``lake-400``, ``across-sweep``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from harness.errors import OneShotError, PluginError, UsageError, did_you_mean
from harness.protocol.dataset import Dataset, Split
from harness.protocol.episodes import Draw

DEFAULT_EPISODES = 2000
SWEEP = range(2, 61)
"""The N of a sweep; the tutorial's curve ends at 60."""

_SHAPE = re.compile(r"(\d+)w(\d+)s")


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task: a family, its shape unless its episodes are fixed, and a split."""

    family: str
    n_way: int | None = None
    n_shot: int | None = None
    split: str = "evaluation"

    def __str__(self) -> str:
        shape = "" if self.n_way is None else f"-{self.n_way}w{self.n_shot}s"
        return self.family + shape + ("" if self.split == "evaluation" else f"@{self.split}")

    @property
    def curve(self) -> str:
        """The name of the accuracy-against-N curve with this task, as ``across-1s@background``."""
        return re.sub(r"-\d+w(\d+s)", r"-\1", str(self))


@dataclass(frozen=True, kw_only=True)
class TaskSpec:
    """A family of tasks, as its plugin declares it.

    Attributes:
        name: the family's name, the same as its entry point.
        draw: ``draw(dataset, task, n_episodes, seed=...)``; the first m of n episodes are the
            first m of any larger n. Raises DataError if the dataset cannot fill the task.
        shaped: whether ``-<N>w<K>s`` follows the family's name; False for fixed episodes.
        n_episodes: the default number of episodes; None for all of a fixed set.
    """

    name: str
    draw: Callable[..., Draw]
    shaped: bool = True
    n_episodes: int | None = DEFAULT_EPISODES


def parse_tasks(text: str, families: Iterable[str]) -> tuple[Task, ...]:
    """Return the tasks that ``text`` names: one, or each of a sweep.

    Args:
        text: ``<family>-<N>w<K>s``, ``<family>-sweep`` or the name of a fixed task; ``@background``
            may follow.
        families: the families that exist.

    Raises:
        UsageError: the family, the split or the shape does not exist.
    """
    name, _, split = text.partition("@")
    if split not in ("", "background", "evaluation"):
        raise UsageError(f"task {text}: no split is called {split}; use @background or nothing")
    split = split or "evaluation"
    families = list(families)
    if name in families:
        return (Task(family=name, split=split),)
    family, _, shape = name.rpartition("-")
    if family not in families:
        hint = did_you_mean(family or name, families)
        raise UsageError(f"no task is called {name}; {hint}; see: oneshot list")
    if shape == "sweep":
        return tuple(Task(family=family, n_way=n, n_shot=1, split=split) for n in SWEEP)
    match = _SHAPE.fullmatch(shape)
    if match is None or int(match[1]) < 2 or int(match[2]) < 1:
        raise UsageError(
            f"task {text}: {shape} is not a shape; write {family}-20w1s for 20 classes (at least "
            f"2) with 1 support image each (at least 1), or {family}-sweep"
        )
    return (Task(family=family, n_way=int(match[1]), n_shot=int(match[2]), split=split),)


def check_shape(spec: TaskSpec, task: Task) -> None:
    """Raise UsageError if the task lacks its shape, or has one though its episodes are fixed."""
    if spec.shaped and task.n_way is None:
        raise UsageError(f"task {task} lacks its shape; write for example {task.family}-20w1s")
    if not spec.shaped and task.n_way is not None:
        raise UsageError(f"task {task}: {spec.name} has fixed episodes; write {spec.name}")


def sample(spec: TaskSpec, dataset: Dataset, task: Task, n_episodes: int | None, seed: int) -> Draw:
    """Draw a task's episodes.

    Args:
        spec: the task's family.
        dataset: the dataset to draw from.
        task: the task.
        n_episodes: how many; None for the family's default.
        seed: of the draw.

    Raises:
        UsageError: the task lacks a shape, or has one though its episodes are fixed.
        DataError: the dataset cannot fill the task.
        PluginError: the family's plugin failed, or its draw breaks a rule.
    """
    check_shape(spec, task)
    try:
        draw = spec.draw(dataset, task, n_episodes or spec.n_episodes, seed=seed)
    except OneShotError:
        raise
    except Exception as failure:
        raise PluginError(
            f"task {task}: its draw failed with {type(failure).__name__}: {failure}; mend the "
            f"plugin of {spec.name}"
        ) from failure
    wrong = _fault(draw, dataset.split(task.split))
    if wrong:
        raise PluginError(f"task {task}: its draw {wrong}; mend the plugin of {spec.name}")
    return draw


def _fault(draw: object, split: Split) -> str | None:
    """Return which rule a draw breaks, if any; episodes that break one have no right answer."""
    if not isinstance(draw, Draw):
        return f"returned {type(draw).__name__}, not a Draw"
    n, shapes = len(draw.query), (draw.support.ndim, draw.query.ndim, draw.truth.shape)
    if shapes != (3, 2, draw.query.shape) or not n == len(draw.support) == len(draw.cluster) > 0:
        return (
            f"has shapes support {draw.support.shape}, query {draw.query.shape}, truth "
            f"{draw.truth.shape}, cluster {draw.cluster.shape}, which do not fit together"
        )
    rows = np.concatenate([draw.support.reshape(n, -1), draw.query], axis=1)
    if rows.min() < 0 or rows.max() >= len(split.images):
        return f"names rows outside of 0 to {len(split.images) - 1}"
    if (draw.support.reshape(n, -1, 1) == draw.query[:, None]).any():
        return "shows a query in its own support set"
    ways = split.label[draw.support]  # (n_episodes, n_way, n_shot)
    if (ways != ways[:, :, :1]).any() or (np.diff(np.sort(ways[:, :, 0], axis=1)) == 0).any():
        return "has ways that are not one class each, all different"
    true = np.take_along_axis(ways[:, :, 0], draw.truth, axis=1)
    if (true != split.label[draw.query]).any():
        return "has a truth that is not its query's class"
    return None
