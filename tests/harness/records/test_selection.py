from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.errors import UsageError
from harness.records.record import Record
from harness.records.selection import Selection

Make = Callable[..., Record]


@pytest.fixture
def recorded(make_record: Make) -> list[Record]:
    tasks = ("lake-400", "across-5w1s", "across-9w1s", "across-5w5s", "across-5w1s@background")
    return [make_record(method, task=task) for method in ("a", "b[x=1,y=2]") for task in tasks]


def taken(recorded: list[Record], **named: tuple[str, ...]) -> set[tuple[str, str]]:
    chosen = Selection(**named).of(recorded)
    return {(r.identity.method, r.identity.task) for r in recorded if chosen.takes(r)}


def test_nothing_named_is_everything(recorded: list[Record]) -> None:
    assert len(taken(recorded)) == 10


def test_methods_are_found_with_settings_in_any_order(recorded: list[Record]) -> None:
    assert {method for method, _ in taken(recorded, methods=("b[y=2,x=1]",))} == {"b"}


def test_a_sweep_is_its_tasks(recorded: list[Record]) -> None:
    found = taken(recorded, methods=("a",), tasks=("across-sweep",))
    assert found == {("a", "across-5w1s"), ("a", "across-9w1s")}
    background = taken(recorded, methods=("a",), tasks=("across-sweep@background",))
    assert background == {("a", "across-5w1s@background")}


@pytest.mark.parametrize(
    "named", [{"methods": ("a", "b")}, {"tasks": ("lake-400", "lake")}, {"tasks": ("in-sweep",)}]
)
def test_every_name_must_be_there(
    recorded: list[Record], named: dict[str, tuple[str, ...]]
) -> None:
    with pytest.raises(UsageError, match="no record is of it; "):
        taken(recorded, **named)
