"""Checks that no order changes a score: classes, shots, queries, episodes, and the pool."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.conformance.check import check
from harness.conformance.episodes import over
from harness.conformance.isolation import episodes_alone, queries_alone
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.repetition import SAME
from harness.conformance.scores import require_same
from harness.protocol.episodes import Episodes
from harness.protocol.randomness import Words, order


@check(*SAME)
def class_order(tested: MethodUnderTest) -> None:
    """Permuting the classes of an episode permutes its scores."""
    episodes = tested.episodes()
    words = Words(0, "class-order").draw(len(episodes), episodes.n_way)
    classes = np.argsort(words, axis=1, kind="stable")  # way j is the episode's way classes[j]
    support = np.take_along_axis(episodes.support, classes[:, :, None], axis=1)
    found = tested.scores(tested.fresh(), replace(episodes, support=support))
    require_same(
        np.take_along_axis(tested.reference, classes[:, None], axis=2),
        found,
        when="with the order of the classes",
        advice="the position of a way must not matter; look for ties that it breaks, or an RNN",
    )


@check(*SAME)
def shot_order(tested: MethodUnderTest) -> None:
    """The order of a class's support images changes no score."""
    episodes = tested.episodes()
    reversed_ = replace(episodes, support=episodes.support[:, :, ::-1])
    require_same(
        tested.reference,
        tested.scores(tested.fresh(), reversed_),
        when="with the order of a class's support images",
        advice="use all images alike; look for an index 0 where a mean or a maximum is meant",
    )


@check(*SAME, queries_alone)
def query_order(tested: MethodUnderTest) -> None:
    """Permuting the queries of an episode permutes its scores."""
    episodes = tested.episodes()
    reversed_ = replace(episodes, query=episodes.query[:, ::-1])
    require_same(
        tested.reference[:, ::-1],
        tested.scores(tested.fresh(), reversed_),
        when="with the order of the queries",
        advice="a transductive method too must not decide the first query first",
    )


@check(*SAME, episodes_alone)
def episode_order(tested: MethodUnderTest) -> None:
    """Permuting the episodes permutes their scores."""
    require_same(
        tested.reference[::-1],
        tested.scores(tested.fresh(), tested.episodes()[::-1]),
        when="with the order of the episodes",
        advice="carry nothing from one episode to the next; look for a last batch that is dropped",
    )


@check(*SAME, episodes_alone)
def pool_order(tested: MethodUnderTest) -> None:
    """The same images in another order of the pool have the same scores."""
    require_same(
        tested.reference,
        tested.scores(tested.fresh(), reordered(tested.episodes())),
        when="with the order of the pool",
        advice="a row number says nothing about an image; compare pixels, not row numbers",
    )


def reordered(episodes: Episodes) -> Episodes:
    """Return the same episodes over a pool with its images in another order."""
    shuffled = order(len(episodes.pool), seed=0, stream="pool-order")
    return over(episodes, episodes.pool.take(shuffled), np.argsort(shuffled))
