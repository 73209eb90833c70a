from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.report.provenance import provenance

Make = Callable[..., Any]


def test_distinct_values_are_told_once(make_record: Make, make_failure: Make) -> None:
    other = {
        "machine": {"system": "Darwin arm64", "processor": "Another", "cores": 8},
        "versions": {"python": "3.12.1"},
        "commit": None,
    }
    origin = provenance([make_record(environment=other), make_record(), make_failure()])
    assert origin.machines == (
        "A Processor, 2 cores, Linux x86_64",
        "Another, 8 cores, Darwin arm64",
    )
    assert origin.versions == {"numpy": ("2.0.0",), "python": ("3.11.9", "3.12.1")}
    assert origin.commits == ("0123abcd", "not in a checkout")
