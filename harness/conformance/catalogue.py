"""All checks, in the order in which they run: a check comes after those that it depends on."""

from __future__ import annotations

from collections.abc import Iterable

from harness.conformance.check import Check
from harness.conformance.fitting import background_only, inputs_unmodified, seed_as_declared
from harness.conformance.identity import another_pool, pixel_identity, row_identity
from harness.conformance.isolation import episodes_alone, queries_alone
from harness.conformance.order import (
    class_order,
    episode_order,
    pool_order,
    query_order,
    shot_order,
)
from harness.conformance.repetition import asked_twice, made_twice, save_and_load, two_processes
from harness.conformance.score_values import discriminates, higher_is_more_alike, no_nan, shape
from harness.errors import UsageError, did_you_mean

CHECKS: tuple[Check, ...] = (
    shape,
    no_nan,
    discriminates,
    higher_is_more_alike,
    inputs_unmodified,
    asked_twice,
    made_twice,
    save_and_load,
    episodes_alone,
    queries_alone,
    class_order,
    shot_order,
    query_order,
    episode_order,
    pool_order,
    row_identity,
    another_pool,
    pixel_identity,
    two_processes,
    seed_as_declared,
    background_only,
)


def require_known(names: Iterable[str]) -> None:
    """Raise UsageError if there is no check of one of these names."""
    known = [check.name for check in CHECKS]
    for name in names:
        if name not in known:
            raise UsageError(f"no check is called {name}; {did_you_mean(name, known)}")
