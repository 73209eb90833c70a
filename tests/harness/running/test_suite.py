from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.plugins.datasets import default_data
from harness.running.fitting import Conditions
from harness.running.request import Request
from harness.running.resources import Resources
from harness.running.suite import Overrides, Suite
from harness.running.suite_file import requested_suite

SUITE = Suite(
    data="sketch@validation",
    methods=("a", "b[x=1]"),
    tasks=("across-5w1s",),
    seeds=(3, 4),
    episodes=40,
    resources=Resources(cpus=2, gpu=1),
    own_resources={"b[x=1]": Resources(cpus=4)},
    swept=("b[x=1]",),
    named_at={"a": "mine.toml: methods[0]", "b[x=1]": "mine.toml: grid[0]"},
)
RESULTS = Path("results")


def test_a_suite_without_overrides_is_requested_as_it_is() -> None:
    assert SUITE.request(Overrides(results=RESULTS)) == Request(
        data="sketch@validation",
        methods=("a", "b[x=1]"),
        tasks=("across-5w1s",),
        seeds=(3, 4),
        n_episodes=40,
        results=RESULTS,
        resources=Resources(cpus=2, gpu=1),
        own_resources={"b[x=1]": Resources(cpus=4)},
        named_at={"a": "mine.toml: methods[0]", "b[x=1]": "mine.toml: grid[0]"},
        swept=True,
    )


def test_each_override_replaces_its_part() -> None:
    overrides = Overrides(
        data="omniglot",
        methods=("c",),
        tasks=("lake-400",),
        seeds=(0,),
        episodes=9,
        resources=Resources(cpus=1),
        results=RESULTS,
        plugins=(Path("mine.py"),),
        force=True,
        conditions=Conditions(device="cpu"),
        elsewhere=True,
    )
    assert SUITE.request(overrides) == Request(
        data="omniglot",
        methods=("c",),
        tasks=("lake-400",),
        seeds=(0,),
        n_episodes=9,
        results=RESULTS,
        plugins=(Path("mine.py"),),
        force=True,
        conditions=Conditions(device="cpu"),
        resources=Resources(cpus=1, gpu=1),
        own_resources={"b[x=1]": Resources(cpus=4)},
        elsewhere=True,
        named_at={},
        swept=False,
    )


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            Overrides(data="sketch", results=RESULTS),
            "--data sketch: a grid chooses .* write sketch@validation",
        ),
        (
            Overrides(tasks=("lake-400@background",), results=RESULTS),
            "--task lake-400@background: a grid chooses .* learnt from; write lake-400",
        ),
    ],
)
def test_a_grid_chooses_on_held_out_groups_alone(overrides: Overrides, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        SUITE.request(overrides)


def test_quick_is_requested_only_where_nothing_else_is() -> None:
    assert "l2-1nn" in requested_suite(None, Overrides(results=RESULTS)).methods
    empty = Suite(data=default_data())
    assert requested_suite(None, Overrides(methods=("a",), results=RESULTS)) == empty
    assert requested_suite(None, Overrides(tasks=("lake-400",), results=RESULTS)) == empty
