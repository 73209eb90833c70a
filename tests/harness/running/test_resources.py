from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.running.resources import Resources, parse_resources


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cpus=2", Resources(cpus=2)),
        ("cpus=2, memory=8 GB,gpu=1", Resources(cpus=2, memory=8 * 10**9, gpu=1)),
        ("memory=1.5GiB", Resources(memory=3 * 2**29)),
        ("memory=100", Resources(memory=100)),
    ],
)
def test_what_is_asked_is_read(text: str, expected: Resources) -> None:
    assert parse_resources(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "cpu=2",
        "cpus",
        "cpus=two",
        "cpus=1.5",
        "memory=8 QB",
        "cpus=1,cpus=2",
        "gpu=-1",
        "",
        "cpus=0",
    ],
)
def test_what_cannot_be_asked_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_resources(text)


def test_what_is_said_goes_over_what_is_not() -> None:
    assert Resources(cpus=2).over(Resources(cpus=1, gpu=1)) == Resources(cpus=2, gpu=1)
    assert Resources(gpu=0).over(Resources(gpu=1)).requested == {}
