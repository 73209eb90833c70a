"""Checks of the scores themselves: their shape, NaN, ties, and their sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from harness.conformance.check import check
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.scores import GUESSING, ROUNDING, chance_deviation, share_beaten
from harness.protocol.episodes import Episodes

DEVIATIONS = 4
"""Standard deviations from guessing that are no accident: 1 guessing method in 30,000 has them."""


@check()
def shape(tested: MethodUnderTest) -> None:
    """Scores are real numbers of shape (n_episodes, n_query, n_way), whatever the episodes' shape.

    A method that cannot be built, fitted or scored at all fails this check too.
    """
    _ = tested.fitted_scores
    for description, episodes in _variants(tested):
        try:
            tested.scores(tested.first_fit.method, episodes)
        except Nonconformance as fault:
            raise Nonconformance(f"on {description}: {fault}") from fault


@check(shape)
def no_nan(tested: MethodUnderTest) -> None:
    """No score is NaN."""
    found = [("the episodes", tested.fitted_scores)]
    for description, episodes in _variants(tested):
        found.append((description, tested.scores(tested.first_fit.method, episodes)))
    for description, scores in found:
        bad = int(np.isnan(scores).any(axis=(1, 2)).sum())
        if bad:
            raise Nonconformance(
                f"on {description}: {bad} of {len(scores)} episodes have NaN, which no run "
                "accepts; look for a division by a length or a deviation that may be 0"
            )


@check(shape)
def discriminates(tested: MethodUnderTest) -> None:
    """Not every query is a tie of all its ways."""
    scores = tested.fitted_scores
    # NaN and infinity have no range, and no-nan reports NaN
    known = scores[np.isfinite(scores).all(axis=-1)]
    if len(known) == 0:
        return
    largest = np.abs(known).max(initial=0.0)
    # relative to the largest score: float32 blurs equal scores of a large size
    if np.ptp(known, axis=-1).max() <= ROUNDING * largest:
        raise Nonconformance(
            "every query has the same score for all ways; look for an embedding that maps all "
            "images to one vector, or for integers that round to 0"
        )


@check(shape)
def higher_is_more_alike(tested: MethodUnderTest) -> None:
    """A higher score means more alike: the true way does not score lower than in guessing."""
    beaten = share_beaten(tested.fitted_scores, tested.truth)
    n_way = tested.fitted_scores.shape[-1]
    if beaten < GUESSING - DEVIATIONS * chance_deviation(tested.truth.size, n_way):
        raise Nonconformance(
            f"the true way scores above another way in {100 * beaten:.0f} % of comparisons, and "
            "guessing does in 50; a higher score must mean more alike: return minus the distance"
        )


def _variants(tested: MethodUnderTest) -> Iterator[tuple[str, Episodes]]:
    """Yield episodes of other shapes with their description, each over a new pool."""
    episodes = tested.episodes()
    yield (
        "one shot and one query",
        replace(episodes, support=episodes.support[:, :, :1], query=episodes.query[:, :1]),
    )
    yield "one episode", tested.episodes()[:1]
    episodes = tested.episodes()
    yield "two ways", replace(episodes, support=episodes.support[:, :2])
