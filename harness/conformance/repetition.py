"""Checks that the same question has the same answer."""

from __future__ import annotations

from dataclasses import replace

from harness.conformance.answers import shape
from harness.conformance.check import check
from harness.conformance.faults import Nonconformance, NotApplicable
from harness.conformance.method_under_test import Subject
from harness.conformance.scores import require_equal


@check(shape)
def asked_twice(subject: Subject) -> None:
    """Asked again, other episodes in between, a method scores exactly the same."""
    method, expected = subject.first.method, subject.fitted_scores
    again = subject.episodes()
    advice = "score may learn nothing and draw nothing; look for training mode, dropout, a cache"
    require_equal(
        expected, subject.scores(method, again), when="when it is asked again", advice=advice
    )
    for part in (again[5:8], again[30:]):
        subject.scores(method, part)
    require_equal(
        expected,
        subject.scores(method, replace(again)),
        when="once other episodes were asked about",
        advice=advice,
    )


@check(shape, asked_twice)
def made_twice(subject: Subject) -> None:
    """Built and fitted again with the same seed, a method scores exactly the same."""
    if subject.keeps:
        raise NotApplicable("what it learns is saved and loaded, not learnt again")
    require_equal(
        subject.fitted_scores,
        subject.scores(subject.again(), subject.episodes()),
        when="when it is built and fitted again with the same seed",
        advice="take every random number from training.seed",
    )


@check(shape, asked_twice)
def save_and_load(subject: Subject) -> None:
    """Loaded into a newly built method, what was saved scores exactly as the fitted one did."""
    if not subject.learns:
        raise NotApplicable("it does not learn")
    if not subject.keeps:
        missing = sorted({"save", "load"} - subject.verbs)
        if len(missing) == 1:
            raise Nonconformance(
                f"what it learns is not kept, because it has no {missing[0]}; save and load are "
                "used together: write the other one"
            )
        raise NotApplicable("it has no save and load, and is fitted again by every run")
    require_equal(
        subject.fitted_scores,
        subject.scores(subject.again(), subject.episodes()),
        when="when it is saved and loaded",
        advice="save all that fit sets and score reads, as exactly as it is",
    )


SAME = (shape, asked_twice, made_twice)
"""What makes comparing one method with itself mean something."""


@check(*SAME)
def two_processes(subject: Subject) -> None:
    """Fitted in another process with the same seed, it scores exactly the same."""
    report = subject.elsewhere
    if report.scores is None:
        raise Nonconformance(f"in another process: {report.fault}")
    require_equal(
        subject.fitted_scores,
        report.scores,
        when="in another process with the same seed",
        advice="take every random number from training.seed, and no order from a set",
    )
