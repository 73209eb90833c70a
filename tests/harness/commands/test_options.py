from __future__ import annotations

import pytest

from harness.commands.options import megabytes, parse_seeds
from harness.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0", (0,)), ("0,1,2", (0, 1, 2)), ("0-2", (0, 1, 2)), ("3, 0-1,0", (3, 0, 1))],
)
def test_seeds_are_read(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["x", "", "2-0", "1,,2", "-1"])
def test_seeds_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write numbers from 0 up, such as 0, 0,1,2 or 0-2"):
        parse_seeds(text)


def test_a_size_is_spelled_in_megabytes() -> None:
    assert megabytes(1_250_000) == "1.2 MB"
