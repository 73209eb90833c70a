from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.running.cluster.address import Address, parse_address


@pytest.mark.parametrize("word", ["dusk", "dask:", "dask://here", "dask://:8786", "dask:none.json"])
def test_an_address_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match=f"--engine {word}"):
        parse_address(word)


def test_an_address_is_read_from_its_text() -> None:
    assert parse_address("local") is None
    assert parse_address("dask") == Address(text="dask")
    theirs = parse_address("dask://node7:8786")
    assert theirs == Address(text="dask://node7:8786", scheduler="tcp://node7:8786")
