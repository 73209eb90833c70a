"""Checks of what fitting uses, and of what it does to what it is given."""

from __future__ import annotations

import numpy as np

from harness.conformance.answers import shape
from harness.conformance.check import check
from harness.conformance.faults import Blocked, Nonconformance, NotApplicable
from harness.conformance.method_under_test import OTHER_SEED, Subject
from harness.conformance.repetition import two_processes
from harness.conformance.scores import require_same
from harness.conformance.snapshot import Snapshot

TOLD = 3
"""How many of the things that a method looked at are named."""


@check(shape)
def inputs_unmodified(subject: Subject) -> None:
    """Neither fitting nor scoring changes what it was given."""
    episodes = subject.episodes()
    before = Snapshot(episodes)
    subject.scores(subject.first.method, episodes)
    for verb, changed in (("fit", subject.first.changed), ("score", before.changed())):
        if changed:
            raise Nonconformance(
                f"{verb} changed {', '.join(changed)}, which others use after it; work on a copy"
            )


@check(two_processes)
def seed_as_declared(subject: Subject) -> None:
    """Another seed gives other scores when the method is declared seeded, and else the same."""
    declared = subject.spec.seeded
    if not subject.learns:
        if declared:
            raise Nonconformance(
                "it is declared seeded=True and has no fit, by which alone a seed reaches it; "
                "leave seeded=True out"
            )
        raise NotApplicable("it does not learn, so that no seed reaches it")
    other = subject.scores(subject.fitted(OTHER_SEED), subject.episodes())
    if not declared:
        require_same(
            subject.fitted_scores,
            other,
            when="with the seed",
            advice="declare the method seeded=True, so that it is measured with several",
        )
    elif np.array_equal(subject.fitted_scores, other, equal_nan=True):
        raise Nonconformance(
            "it is declared seeded=True and scores exactly the same with another seed, so that "
            "repeating it tells nothing; use training.seed, or leave seeded=True out"
        )


@check(shape)
def background_only(subject: Subject) -> None:
    """Fitting and scoring look at no dataset but the background and the episodes they are given."""
    seen = subject.elsewhere.seen
    if subject.elsewhere.scores is None:
        raise Blocked(f"waits for {two_processes.name}")
    if seen:
        more = f", and {len(seen) - TOLD} more" if len(seen) > TOLD else ""
        raise Nonconformance(
            f"fitting or scoring looked at {', '.join(seen[:TOLD])}{more}; a method sees the "
            "background and the episodes that it is given, and no other data"
        )
