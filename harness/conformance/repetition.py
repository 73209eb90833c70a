"""Checks that repeating a computation gives the same scores to the last bit."""

from __future__ import annotations

from dataclasses import replace

from harness.conformance.check import check
from harness.conformance.faults import Nonconformance, NotApplicable
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.score_values import shape
from harness.conformance.scores import require_equal


@check(shape)
def asked_twice(tested: MethodUnderTest) -> None:
    """A method scores exactly the same a second time, also with other episodes in between."""
    method, expected = tested.first_fit.method, tested.fitted_scores
    again = tested.episodes()
    advice = "score must not learn or draw; look for training mode, dropout, a cache"
    require_equal(
        expected,
        tested.scores(method, again),
        when="when the episodes are scored again",
        advice=advice,
    )
    for part in (again[5:8], again[30:]):
        tested.scores(method, part)
    require_equal(
        expected,
        # a copy, because the method may cache scores by the object
        tested.scores(method, replace(again)),
        when="after other episodes were scored",
        advice=advice,
    )


@check(shape, asked_twice)
def made_twice(tested: MethodUnderTest) -> None:
    """A method built and fitted again with the same seed scores exactly the same."""
    if tested.keeps:
        raise NotApplicable("what it learns is saved and loaded, not learnt again")
    require_equal(
        tested.fitted_scores,
        tested.scores(tested.remade(), tested.episodes()),
        when="when it is built and fitted again with the same seed",
        advice="take every random number from training.seed",
    )


@check(shape, asked_twice)
def save_and_load(tested: MethodUnderTest) -> None:
    """A newly built method that loads a saved one scores exactly as the fitted one did."""
    if not tested.learns:
        raise NotApplicable("it does not learn")
    if not tested.keeps:
        missing = sorted({"save", "load"} - tested.verbs)
        if len(missing) == 1:
            raise Nonconformance(
                f"what it learns is not kept, because it has no {missing[0]}; save and load are "
                f"used together: write {missing[0]} too"
            )
        raise NotApplicable("it has no save and load; every run fits it again")
    require_equal(
        tested.fitted_scores,
        tested.scores(tested.remade(), tested.episodes()),
        when="when it is saved and loaded",
        advice="save everything that fit sets and score reads, in full precision",
    )


SAME = (shape, asked_twice, made_twice)
"""The checks that must pass before comparing a method with itself means anything."""


@check(*SAME)
def two_processes(tested: MethodUnderTest) -> None:
    """A method fitted in another process with the same seed scores exactly the same."""
    report = tested.second_process
    if report.scores is None:
        raise Nonconformance(f"in another process: {report.fault}")
    require_equal(
        tested.fitted_scores,
        report.scores,
        when="in another process with the same seed",
        advice="take every random number from training.seed, and never iterate over a set",
    )
