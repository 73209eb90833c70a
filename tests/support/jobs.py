"""A job of any method, as a plan would have it."""

from __future__ import annotations

from harness.protocol.settings import parse_method
from harness.protocol.task import Task
from harness.running.job import Job
from tests.support.dataset_ids import OMNIGLOT

FIVE, TWENTY = (Task(family="across", n_way=n, n_shot=1) for n in (5, 20))


def job(method: str, *tasks: Task, seed: int = 0) -> Job:
    """Return a job on a dataset that is never read."""
    return Job(
        data="omniglot",
        dataset=OMNIGLOT,
        choice=parse_method(method),
        seed=seed,
        tasks=tasks,
        n_episodes=None,
    )
