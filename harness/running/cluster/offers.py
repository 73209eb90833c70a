"""Whether any worker offers what jobs ask for; told where none does, and they would wait."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from harness.errors import UsageError
from harness.running.cluster.address import Place
from harness.running.job import Job

log = logging.getLogger("oneshot")


def check_offers(jobs: Sequence[Job], offers: Sequence[Mapping[str, float]], place: Place) -> None:
    """Say what jobs no worker can run by now: Dask lets them wait for one that can.

    Args:
        jobs: what is to run.
        offers: the resources of each worker, by name.
        place: the cluster.

    Raises:
        UsageError: they would wait for ever, since the cluster is this machine's own.
    """
    for asked in dict.fromkeys(job.resources for job in jobs):
        if any(_fits(asked.asked, offer) for offer in offers):
            continue
        spelled = _spelled(asked.asked)
        if place.own:
            most = max(offers, key=lambda offer: offer.get("gpu", 0))
            raise UsageError(
                f"--engine {place.text}: jobs ask for {spelled}, and a worker of this machine has "
                f"{_spelled(most)} at most; ask for less, give fewer --jobs, or join a cluster"
            )
        log.warning(
            "jobs wait for a worker%s", f" with: --resources '{spelled}'" if spelled else ""
        )


def _fits(asked: Mapping[str, float], offer: Mapping[str, float]) -> bool:
    return all(offer.get(key, 0) >= value for key, value in asked.items())


def _spelled(resources: Mapping[str, float]) -> str:
    return " ".join(f"{key}={value:.15g}" for key, value in resources.items())
