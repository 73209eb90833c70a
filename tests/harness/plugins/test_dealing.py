from __future__ import annotations

from harness import Dataset, Task
from harness.plugins.dealing import TASK_SEED, dealt
from harness.plugins.registry import Plugins
from harness.protocol.episodes import deal
from tasks import across


def test_a_task_is_dealt_as_its_family_draws_it(tiny: Dataset) -> None:
    task = Task(family="across", n_way=5, n_shot=1)
    draw = across.draw(tiny, task, 30, seed=TASK_SEED)
    expected = deal(draw, tiny.evaluation, seed=TASK_SEED)
    found = dealt(tiny, task, 30, Plugins())
    assert found.key.manifest == expected.key.manifest
    assert (found.key.truth == expected.key.truth).all()


def test_the_background_is_another_task(tiny: Dataset) -> None:
    task = Task(family="across", n_way=5, n_shot=1, split="background")
    found = dealt(tiny, task, 30, Plugins())
    drawn = deal(across.draw(tiny, task, 30, seed=0), tiny.background, seed=0)
    assert found.key.manifest == drawn.key.manifest


def test_a_task_has_its_own_number_of_episodes(tiny: Dataset) -> None:
    task = Task(family="across", n_way=2, n_shot=1)
    assert len(dealt(tiny, task, None, Plugins()).episodes) == 2000
