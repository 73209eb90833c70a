"""Checks of the answers themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from harness.conformance.check import check
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import Subject
from harness.conformance.scores import GUESSING, ROUNDING, chance_deviation, share_beaten
from harness.protocol.episodes import Episodes

DEVIATIONS = 4
"""How many standard deviations from guessing are no chance: one method in 30,000 that guesses."""


@check()
def shape(subject: Subject) -> None:
    """Scores are real numbers of shape (n_episodes, n_query, n_way), whatever the episodes' shape.

    The same is said of whatever else keeps a method from answering at all.
    """
    _ = subject.fitted_scores
    for what, episodes in _variants(subject):
        try:
            subject.scores(subject.first.method, episodes)
        except Nonconformance as fault:
            raise Nonconformance(f"asked about {what}: {fault}") from fault


@check(shape)
def no_nan(subject: Subject) -> None:
    """No score is NaN."""
    answers = [("the episodes", subject.fitted_scores)]
    for what, episodes in _variants(subject):
        answers.append((what, subject.scores(subject.first.method, episodes)))
    for what, scores in answers:
        bad = int(np.isnan(scores).any(axis=(1, 2)).sum())
        if bad:
            raise Nonconformance(
                f"asked about {what}: NaN in {bad} of {len(scores)} episodes, and NaN is refused; "
                "look for a division by a length or a deviation that may be 0"
            )


@check(shape)
def discriminates(subject: Subject) -> None:
    """Not every query is a tie of all its ways."""
    scores = subject.fitted_scores
    known = scores[np.isfinite(scores).all(axis=-1)]
    if len(known) == 0:
        return
    largest = np.abs(known).max(initial=0.0)
    if np.ptp(known, axis=-1).max() <= ROUNDING * largest:
        raise Nonconformance(
            "every query scores all ways the same, which tells nothing apart; look for an "
            "embedding that gives all images one vector, or integers that round to 0"
        )


@check(shape)
def higher_is_more_alike(subject: Subject) -> None:
    """A higher score is more alike: the true way does not score lower than guesses would."""
    beaten = share_beaten(subject.fitted_scores, subject.truth)
    n_way = subject.fitted_scores.shape[-1]
    if beaten < GUESSING - DEVIATIONS * chance_deviation(subject.truth.size, n_way):
        raise Nonconformance(
            f"the true way scores above another one in {100 * beaten:.0f} % of comparisons, where "
            "guessing has 50; a higher score must be more alike: return minus a distance"
        )


def _variants(subject: Subject) -> Iterator[tuple[str, Episodes]]:
    """Yield episodes of other shapes, each over a pool of its own, and what they are called."""
    episodes = subject.episodes()
    yield (
        "one shot and one query",
        replace(episodes, support=episodes.support[:, :, :1], query=episodes.query[:, :1]),
    )
    yield "one episode", subject.episodes()[:1]
    episodes = subject.episodes()
    yield "two ways", replace(episodes, support=episodes.support[:, :2])
