"""What a kept model is of."""

from __future__ import annotations

from harness.learning.model_cache import Origin

ORIGIN = Origin(
    method="mean",
    settings={},
    configuration={"depth": 3},
    source="5eed",
    seed=0,
    dataset="tiny",
    background="b0b0",
    versions={"numpy": "2.0.0"},
    device="cpu",
    threads="all",
)
