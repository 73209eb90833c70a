"""Checks of the data that a method reads and changes, and of its seed."""

from __future__ import annotations

import numpy as np

from harness.conformance.check import check
from harness.conformance.faults import Blocked, Nonconformance, NotApplicable
from harness.conformance.method_under_test import OTHER_SEED, MethodUnderTest
from harness.conformance.repetition import two_processes
from harness.conformance.score_values import shape
from harness.conformance.scores import require_same
from harness.conformance.snapshot import Snapshot

N_NAMED = 3
"""How many of the accessed files and datasets a message names."""


@check(shape)
def inputs_unmodified(tested: MethodUnderTest) -> None:
    """Neither fitting nor scoring changes its input."""
    episodes = tested.episodes()
    before = Snapshot(episodes)
    tested.scores(tested.first_fit.method, episodes)
    for verb, changed in (("fit", tested.first_fit.changed), ("score", before.changed())):
        if changed:
            raise Nonconformance(
                f"{verb} changed {', '.join(changed)}, which is used again later; work on a copy"
            )


@check(two_processes)
def seed_as_declared(tested: MethodUnderTest) -> None:
    """Another seed changes the scores if and only if the method is declared seeded."""
    declared = tested.spec.seeded
    if not tested.learns:
        if declared:
            raise Nonconformance(
                "it is declared seeded=True and has no fit, and only fit receives the seed; remove "
                "seeded=True"
            )
        raise NotApplicable("it does not learn, so it receives no seed")
    other = tested.scores(tested.fitted(OTHER_SEED), tested.episodes())
    if not declared:
        require_same(
            tested.fitted_scores,
            other,
            when="with the seed",
            advice="declare the method seeded=True, so that it is measured with several seeds",
        )
    elif np.array_equal(tested.fitted_scores, other, equal_nan=True):
        raise Nonconformance(
            "it is declared seeded=True and scores exactly the same with another seed, so more "
            "seeds measure nothing new; use training.seed, or remove seeded=True"
        )


@check(shape)
def background_only(tested: MethodUnderTest) -> None:
    """Fitting and scoring read no data but the background and the episodes that they are given."""
    accessed = tested.second_process.accessed
    if tested.second_process.scores is None:
        raise Blocked(f"waits for {two_processes.name}")
    if accessed:
        more = f", and {len(accessed) - N_NAMED} more" if len(accessed) > N_NAMED else ""
        raise Nonconformance(
            f"fitting or scoring read {', '.join(accessed[:N_NAMED])}{more}; a method sees the "
            "background and the episodes that it is given, and no other data"
        )
