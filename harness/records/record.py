"""Records: one JSON file per dataset, task, method with its settings, and seed.

A record holds every answer, so that every table, plot and comparison can be made from records
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.protocol.dataset import DatasetId
from harness.protocol.file_names import dataset_folder, method_folder, task_folder
from harness.protocol.outcome import Outcomes
from harness.protocol.settings import MethodChoice


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What was run: two records with one identity are repetitions of each other.

    Attributes:
        dataset: what it was run on.
        task: the task's name.
        n_episodes: how many were asked for; None for the task's own number.
        method: the method's name.
        settings: the settings that differ from the method's defaults.
        seed: the method's seed.
    """

    dataset: DatasetId
    task: str
    n_episodes: int | None
    method: str
    settings: Mapping[str, str]
    seed: int

    @property
    def choice(self) -> MethodChoice:
        """The method as it is asked for on the command line."""
        return MethodChoice(name=self.method, pairs=tuple(self.settings.items()))

    @property
    def path(self) -> Path:
        """Where its record stands, under a results folder's ``records``."""
        folder = Path(dataset_folder(self.dataset))
        task = task_folder(self.task, self.n_episodes)
        return folder / task / method_folder(self.method, self.settings) / f"seed-{self.seed}.json"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a job's process needed before its method was built.

    Attributes:
        seconds: one run of the reference workload, the median of runs before the fit, after it, and
            after each task that was answered by then.
        memory: bytes at its peak: Python, numpy, the harness and the dataset.
    """

    seconds: float
    memory: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a record's answers cost.

    Attributes:
        fit_seconds: one fit, however many tasks used it.
        score_seconds: the whole task, embedding every image that it shows, at the measured mean
            per image where an earlier task of the same job had embedded it already.
        embedded: how many images this task was the first to embed; None for other methods.
        peak_memory: bytes, of the processes that fitted and that scored, the larger.
        parameters: learnt values; None where the method does not tell.
        cached: whether an earlier job had fitted it; its seconds are of then.
        reference: what the scoring process needed for the reference workload; None in records
            that were written before there was one.
    """

    fit_seconds: float
    score_seconds: float
    embedded: int | None
    peak_memory: int
    parameters: int | None
    cached: bool = False
    reference: Reference | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """One method's answers to one task.

    Attributes:
        identity: what was run.
        seeded: whether another seed gives other answers; where not, the same code gives the same.
        transductive: whether the method looks at several queries together.
        framework: what the method computes with.
        configuration: every setting, defaults included.
        source: sha256 of the method's code, see ``harness.plugins.source``.
        n_way: classes in each episode.
        n_shot: support images of each class.
        manifest: sha256 over pixels, episodes and truth; only equal ones are comparable.
        outcomes: every answer.
        cluster: ``(n_episodes,)`` int into ``clusters``.
        clusters: the clusters' names.
        cost: time, memory and size.
        environment: versions, machine, commit; under ``fitted`` those of the job that had fitted
            the model, where that was an earlier one.
    """

    identity: Identity
    seeded: bool
    transductive: bool
    framework: str
    configuration: Mapping[str, Any]
    source: str
    n_way: int
    n_shot: int
    manifest: str
    outcomes: Outcomes
    cluster: NDArray[np.integer]
    clusters: tuple[str, ...]
    cost: Cost
    environment: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A job that did not end in a record of this identity, and why.

    Attributes:
        identity: what was run.
        reason: in one line.
        details: the job's last words, for whoever looks into it.
        environment: versions, machine, commit.
    """

    identity: Identity
    reason: str
    details: str
    environment: Mapping[str, Any]
