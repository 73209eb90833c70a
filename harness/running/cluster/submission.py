"""A job that was submitted to a cluster, and whether it is submitted again when it is lost."""

from __future__ import annotations

from dataclasses import dataclass

from harness.running.job import Job

TRIES = 3
"""How often a job may take its process, or its worker, down before it is a failed row."""
SENDS = 10
"""How often at most a job is sent that is lost with its workers before it has begun."""


@dataclass(kw_only=True, eq=False)
class Submission:
    """A job that was submitted to a cluster.

    Attributes:
        job: the job.
        n_begun: how often it has begun on a worker.
        n_sent: how often it was sent.
        with_data: whether the dataset was sent before it, the last time.
        done: whether its results were delivered.
    """

    job: Job
    n_begun: int = 0
    n_sent: int = 0
    with_data: bool = False
    done: bool = False

    @property
    def may_go_again(self) -> bool:
        """Whether a job that was lost with its worker is sent once more.

        Dask blames a dead worker's death on all jobs that it had, also on those that it had not
        begun, so that these are sent more often.
        """
        return self.n_begun < TRIES and self.n_sent < SENDS
