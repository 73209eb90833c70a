"""Checks that no order tells anything: it is the harness's, and means nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.conformance.check import check
from harness.conformance.episodes import over
from harness.conformance.isolation import episodes_alone, queries_alone
from harness.conformance.method_under_test import Subject
from harness.conformance.repetition import SAME
from harness.conformance.scores import require_same
from harness.protocol.episodes import Episodes
from harness.protocol.randomness import Words, order


@check(*SAME)
def class_order(subject: Subject) -> None:
    """Permuting the classes of an episode permutes its scores."""
    episodes = subject.episodes()
    words = Words(0, "class-order").draw(len(episodes), episodes.n_way)
    classes = np.argsort(words, axis=1, kind="stable")  # way j is the episode's way classes[j]
    support = np.take_along_axis(episodes.support, classes[:, :, None], axis=1)
    found = subject.scores(subject.fresh(), replace(episodes, support=support))
    require_same(
        np.take_along_axis(subject.reference, classes[:, None], axis=2),
        found,
        when="with the order of the classes",
        advice="a way's place tells nothing; look for ties that it breaks, or a recurrent layer",
    )


@check(*SAME)
def shot_order(subject: Subject) -> None:
    """The order of a class's support images changes no score."""
    episodes = subject.episodes()
    reversed_ = replace(episodes, support=episodes.support[:, :, ::-1])
    require_same(
        subject.reference,
        subject.scores(subject.fresh(), reversed_),
        when="with the order of a class's support images",
        advice="use all of them alike; look for an index 0 where a mean or a maximum is meant",
    )


@check(*SAME, queries_alone)
def query_order(subject: Subject) -> None:
    """Permuting the queries of an episode permutes its scores."""
    episodes = subject.episodes()
    reversed_ = replace(episodes, query=episodes.query[:, ::-1])
    require_same(
        subject.reference[:, ::-1],
        subject.scores(subject.fresh(), reversed_),
        when="with the order of the queries",
        advice="also a method that looks at several together must not serve the first one first",
    )


@check(*SAME, episodes_alone)
def episode_order(subject: Subject) -> None:
    """Permuting the episodes permutes their scores."""
    require_same(
        subject.reference[::-1],
        subject.scores(subject.fresh(), subject.episodes()[::-1]),
        when="with the order of the episodes",
        advice="carry nothing from one episode to the next; look for a batch that is cut short",
    )


@check(*SAME, episodes_alone)
def pool_order(subject: Subject) -> None:
    """The same images in another order of the pool have the same scores."""
    require_same(
        subject.reference,
        subject.scores(subject.fresh(), reordered(subject.episodes())),
        when="with the order of the pool",
        advice="a row of the pool is no more than a place; compare pixels, not numbers of rows",
    )


def reordered(episodes: Episodes) -> Episodes:
    """Return the same episodes over a pool whose images stand in another order."""
    shuffled = order(len(episodes.pool), seed=0, stream="pool-order")
    return over(episodes, episodes.pool.take(shuffled), np.argsort(shuffled))
