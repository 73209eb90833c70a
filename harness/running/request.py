"""The request for a run: every method on every task, with every seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.running.fitting import Conditions
from harness.running.resources import Resources


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a user requests: every method on every task, with every seed.

    Attributes:
        data: the dataset as written on the command line.
        methods: as ``NAME[key=value,...]``.
        tasks: as ``across-20w1s``; a sweep counts as its tasks.
        seeds: given to methods that a seed changes; the others run once, with seed 0.
        n_episodes: of each task; None for each task's own number.
        results: the results folder.
        plugins: plugin files.
        force: run again what is recorded, and fit again what was fitted.
        conditions: where and how methods compute.
        resources: what each job requests of the machine that runs it.
        own_resources: what jobs of some methods request instead, by the method as written.
        elsewhere: whether jobs run on other machines, whose graphics cards are not known here.
        named_at: where a suite file names methods and tasks, by how they are written here.
        swept: whether the methods are a grid of settings to choose among.
    """

    data: str
    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    seeds: tuple[int, ...] = (0,)
    n_episodes: int | None = None
    results: Path
    plugins: tuple[Path, ...] = ()
    force: bool = False
    conditions: Conditions = Conditions()
    resources: Resources = Resources()
    own_resources: Mapping[str, Resources] = field(default_factory=dict)
    elsewhere: bool = False
    named_at: Mapping[str, str] = field(default_factory=dict)
    swept: bool = False
