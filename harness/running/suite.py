"""Suites: named sets of methods, settings, tasks and seeds, and what replaces parts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import UsageError
from harness.plugins.datasets import VALIDATION
from harness.running.fitting import Conditions
from harness.running.request import Request
from harness.running.resources import Resources

LEARNT_FROM = "@background"


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """The options of ``oneshot run``: some replace what a suite says, the others no suite has.

    Attributes:
        data: replaces the suite's dataset, unless it is None.
        methods: replace the suite's methods and grids, unless there are none.
        tasks: replace the suite's tasks, unless there are none.
        seeds: replace the suite's seeds, unless there are none.
        episodes: replaces the suite's number of episodes, unless it is None.
        resources: each amount that it has replaces the suite's.
        results: the results folder.
        plugins: plugin files.
        force: run again what is recorded, and fit again what was fitted.
        conditions: where and how methods compute.
        elsewhere: whether jobs run on other machines.
    """

    data: str | None = None
    methods: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    episodes: int | None = None
    resources: Resources = Resources()
    results: Path
    plugins: tuple[Path, ...] = ()
    force: bool = False
    conditions: Conditions = Conditions()
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A set of methods, settings, tasks and seeds on one dataset.

    Attributes:
        data: the dataset.
        methods: as ``NAME[key=value,...]``, each combination of a grid among them.
        tasks: as ``across-20w1s``.
        seeds: of methods that a seed changes.
        episodes: of each task; None for the task's own number.
        resources: what each job requests of its machine.
        own_resources: what the jobs of some methods request instead, by the method as written.
        swept: the methods that come from grids, among whose settings the user chooses.
        named_at: where the suite's file names each method and task, by how it is written here.
    """

    data: str
    methods: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0,)
    episodes: int | None = None
    resources: Resources = Resources()
    own_resources: Mapping[str, Resources] = field(default_factory=dict)
    swept: tuple[str, ...] = ()
    named_at: Mapping[str, str] = field(default_factory=dict)

    def request(self, overrides: Overrides) -> Request:
        """Return the request for this suite, with some of it replaced.

        Raises:
            UsageError: the suite has a grid, and the options would choose among its settings on
                the evaluation split, or on classes that were learnt from.
        """
        swept = bool(self.swept) and not overrides.methods
        if swept:
            if overrides.data is not None:
                check_held_out("--data", overrides.data)
            for task in overrides.tasks:
                check_not_learnt_from("--task", task)
        return Request(
            data=overrides.data or self.data,
            methods=overrides.methods or self.methods,
            tasks=overrides.tasks or self.tasks,
            seeds=overrides.seeds or self.seeds,
            n_episodes=overrides.episodes or self.episodes,
            results=overrides.results,
            plugins=overrides.plugins,
            force=overrides.force,
            conditions=overrides.conditions,
            resources=overrides.resources.over(self.resources),
            own_resources=self.own_resources,
            elsewhere=overrides.elsewhere,
            # a method or task of the command line may be spelled as one of the file
            named_at={} if overrides.methods else self.named_at,
            swept=swept,
        )


def check_held_out(where: str, data: str) -> None:
    """Refuse a dataset to choose settings on, unless its groups are held out for that.

    Args:
        where: the option or key that names the dataset.
        data: the dataset.

    Raises:
        UsageError: it is not a ``@validation`` dataset.
    """
    if not data.endswith(VALIDATION):
        raise UsageError(
            f"{where} {data}: a grid chooses settings, and never on the evaluation split; write "
            f"{data}{VALIDATION}"
        )


def check_not_learnt_from(where: str, task: str) -> None:
    """Refuse a task to choose settings on whose classes the methods learnt from.

    Raises:
        UsageError: it is a ``@background`` task.
    """
    if task.endswith(LEARNT_FROM):
        raise UsageError(
            f"{where} {task}: a grid chooses settings, and never on classes that were learnt from; "
            f"write {task.removesuffix(LEARNT_FROM)}"
        )
