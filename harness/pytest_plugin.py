"""What pytest offers wherever this package is installed: fixtures for tests of a plugin.

pytest imports this file in every repository, and with it numpy, which ``harness`` needs; all else
is imported inside the fixtures.
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
    """A small dataset, cut from ``sketch``: nothing is downloaded."""
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
    """The answers to ``oneshot_episodes``, which no method ever sees."""
    return _oneshot_dealt.key


@pytest.fixture
def oneshot_run(tmp_path: Path) -> Runner:
    """A function that runs a method as ``oneshot run`` does, and returns its records by task."""
    return Runner(tmp_path)


class Runner:
    """Runs a method in a process of its own, and into a folder of its own each time.

    Args:
        folder: where those folders are made.
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
        """Return the records by task, or fail the test with the reason why there is none.

        Args:
            method: as ``NAME[key=value,...]``.
            tasks: as ``across-20w1s``; one, or several.
            data: the dataset.
            episodes: of each task.
            seed: given to a method that a seed changes.
            plugins: plugin files.
            timeout: seconds.
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
            conditions=Conditions(keep=False),  # a test leaves no model behind, and takes none
        )
        try:
            return _measured(request, timeout)
        except OneShotError as refusal:
            reason = str(refusal)  # the harness's own lines tell an author nothing
        pytest.fail(reason, pytrace=False)


def _measured(request: Request, timeout: float) -> dict[str, Record]:
    """Return a request's records by task; what fails fails the test that asked for it."""
    from harness.records.record import Failure, Record
    from harness.running.engine import LocalEngine
    from harness.running.plan import plan
    from harness.running.run import run

    told: list[Event] = []
    run(plan(request), LocalEngine(timeout=timeout), request.results, told.append)
    for event in told:
        if isinstance(event, Failure):
            asked = event.identity
            pytest.fail(
                f"{asked.choice} on {asked.task}: {event.reason}\n{event.details}", pytrace=False
            )
    return {event.identity.task: event for event in told if isinstance(event, Record)}
