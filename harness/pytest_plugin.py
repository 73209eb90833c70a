"""pytest fixtures for tests of a plugin, available wherever this package is installed.

pytest imports this file in every project of the environment, so the fixtures import what they need
themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

from harness.plugins.defaults import DRAWN_TASK, SYNTHETIC_DATA

if TYPE_CHECKING:
    from harness.protocol.dataset import Dataset
    from harness.protocol.episodes import AnswerKey, Dealt, Episodes
    from harness.records.record import Record
    from harness.running.events import Event
    from harness.running.request import Request


@pytest.fixture(scope="session")
def oneshot_dataset() -> Dataset:
    """A small part of ``sketch``, a synthetic dataset. Nothing is downloaded."""
    from harness.conformance import small_dataset

    return small_dataset()


@pytest.fixture(scope="session")
def _oneshot_dealt(oneshot_dataset: Dataset) -> Dealt:
    from harness.conformance import small_episodes

    return small_episodes(oneshot_dataset)


@pytest.fixture(scope="session")
def oneshot_episodes(_oneshot_dealt: Dealt) -> Episodes:
    """5-way 2-shot episodes of ``oneshot_dataset``, as a method sees them."""
    return _oneshot_dealt.episodes


@pytest.fixture(scope="session")
def oneshot_key(_oneshot_dealt: Dealt) -> AnswerKey:
    """The truth of ``oneshot_episodes``, which no method sees."""
    return _oneshot_dealt.key


@pytest.fixture
def oneshot_run(tmp_path: Path) -> Runner:
    """A function that runs a method as ``oneshot run`` does, and returns its records by task."""
    return Runner(tmp_path)


class Runner:
    """Runs a method in a job process, with a new results folder for each call.

    Args:
        folder: the parent of the results folders.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(
        self,
        method: str,
        tasks: str | Iterable[str] = (DRAWN_TASK,),
        *,
        data: str = SYNTHETIC_DATA,
        episodes: int = 200,
        seed: int = 0,
        plugins: Iterable[Path | str] = (),
        timeout: float = 600,
    ) -> dict[str, Record]:
        """Return the records by task, or fail the test with the reason of the failure.

        Args:
            method: the method, as ``NAME[key=value,...]``.
            tasks: one task or several, such as ``across-20w1s``.
            data: the dataset.
            episodes: the number of episodes of each task.
            seed: the seed, for methods that are declared ``seeded``.
            plugins: plugin files.
            timeout: seconds until the job process is ended.
        """
        from harness.errors import OneShotError
        from harness.running.fitting import Conditions
        from harness.running.request import Request

        request = Request(
            data=data,
            methods=(method,),
            tasks=(tasks,) if isinstance(tasks, str) else tuple(tasks),
            seeds=(seed,),
            n_episodes=episodes,
            results=Path(mkdtemp(prefix="oneshot-run-", dir=self._folder)),
            plugins=tuple(Path(file) for file in plugins),
            conditions=Conditions(keep=False),  # a test neither writes nor reads kept models
        )
        try:
            return _measured(request, timeout)
        except OneShotError as refusal:
            reason = str(refusal)  # pytest shows the reason without the harness's own frames
        pytest.fail(reason, pytrace=False)


def _measured(request: Request, timeout: float) -> dict[str, Record]:
    """Return a request's records by task; a failed job fails the test."""
    from harness.records.record import Failure, Record
    from harness.running.engine import LocalEngine
    from harness.running.plan import plan
    from harness.running.run import run

    events: list[Event] = []
    run(plan(request), LocalEngine(timeout=timeout), request.results, events.append)
    for event in events:
        if isinstance(event, Failure):
            job = event.identity
            pytest.fail(
                f"{job.choice} on {job.task}: {event.reason}\n{event.details}", pytrace=False
            )
    return {event.identity.task: event for event in events if isinstance(event, Record)}
