from __future__ import annotations

from dataclasses import replace

import pytest

from harness import Dataset, Draw, Task, TaskSpec, UsageError
from harness.errors import PluginError
from harness.protocol.task import parse_tasks, sample
from tasks import across

FAMILIES = ("across", "within", "lake-400")


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("across-20w1s", Task(family="across", n_way=20, n_shot=1)),
        ("within-5w5s@background", Task(family="within", n_way=5, n_shot=5, split="background")),
        ("across-2w1s@evaluation", Task(family="across", n_way=2, n_shot=1)),
        ("lake-400", Task(family="lake-400")),
    ],
)
def test_names_are_read(text: str, task: Task) -> None:
    assert parse_tasks(text, FAMILIES) == (task,)


@pytest.mark.parametrize("text", ["across-20w1s", "within-5w5s@background", "lake-400"])
def test_names_are_written_as_they_are_read(text: str) -> None:
    (task,) = parse_tasks(text, FAMILIES)
    assert str(task) == text


def test_a_sweep_is_its_tasks() -> None:
    tasks = parse_tasks("across-sweep@background", FAMILIES)
    assert [task.n_way for task in tasks] == list(range(2, 61))
    assert {(task.family, task.n_shot, task.split) for task in tasks} == {
        ("across", 1, "background")
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("acros-20w1s", "did you mean across"),
        ("nothing", "no task is called nothing"),
        ("across-20", "20 is not a shape"),
        ("across-1w1s", "at least 2"),
        ("across-5w0s", "at least 1"),
        ("across-20w1s@test", "no split is called test"),
    ],
)
def test_a_wrong_name_is_one_line(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        parse_tasks(text, FAMILIES)
    assert "\n" not in str(error.value)


def test_a_family_without_its_shape_is_refused(tiny: Dataset) -> None:
    spec = TaskSpec(name="across", draw=lambda *_, **__: None)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="lacks its shape"):
        sample(spec, tiny, Task(family="across"), 1, 0)


def test_a_shape_for_fixed_episodes_is_refused(tiny: Dataset) -> None:
    spec = TaskSpec(name="lake-400", draw=lambda *_, **__: None, shaped=False)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="fixed episodes"):
        sample(spec, tiny, Task(family="lake-400", n_way=5, n_shot=1), 1, 0)


def drawn(dataset: Dataset) -> Draw:
    return across.draw(dataset, Task(family="across", n_way=3, n_shot=2), 5, seed=0)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: None, "returned NoneType, not a Draw"),
        (lambda d: 1 / 0, "failed with ZeroDivisionError"),
        (lambda d: replace(d, truth=d.truth[1:]), "do not fit together"),
        (lambda d: replace(d, cluster=d.cluster[1:]), "do not fit together"),
        (lambda d: replace(d, query=d.query + 10_000), "names rows outside of 0 to 119"),
        (lambda d: replace(d, query=d.support[:, 0, :1]), "shows a query in its own support set"),
        (lambda d: replace(d, truth=d.truth + 1), "is not its query's class"),
        (lambda d: replace(d, support=d.support[:, [1, 1, 2]]), "all different"),
    ],
)
def test_a_task_that_draws_nonsense_is_refused(tiny: Dataset, spoil, message: str) -> None:
    spec = TaskSpec(name="mine", draw=lambda dataset, *_, **__: spoil(drawn(dataset)))
    with pytest.raises(PluginError, match=message) as error:
        sample(spec, tiny, Task(family="mine", n_way=3, n_shot=2), 5, 0)
    assert "mend the plugin of mine" in str(error.value)
