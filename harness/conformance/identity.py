"""Checks of what an image is known by: its pixels as they look, not its row or its exact bits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.conformance.answers import DEVIATIONS, shape
from harness.conformance.check import check
from harness.conformance.faults import Nonconformance, NotApplicable
from harness.conformance.method_under_test import Subject
from harness.conformance.order import pool_order, reordered
from harness.conformance.repetition import SAME
from harness.conformance.scores import GUESSING, chance_deviation, require_same, share_beaten
from harness.protocol.episodes import Episodes
from harness.protocol.images import Images
from harness.protocol.randomness import Words

ALTERED = 2000
"""Of so many pixels one is altered, on the edges of the ink, where drawings of one hand differ."""


@check(*SAME, pool_order)
def row_identity(subject: Subject) -> None:
    """A pool that holds each image as often as it is shown, and no others, has the same scores."""
    episodes = subject.episodes()
    shown = np.concatenate([episodes.support.ravel(), episodes.query.ravel()])
    place = np.arange(len(shown), dtype=np.int32)
    support, query = np.split(place, [episodes.support.size])
    alone = Episodes(
        pool=episodes.pool.take(shown),
        support=support.reshape(episodes.support.shape),
        query=query.reshape(episodes.query.shape),
    )
    require_same(
        subject.reference,
        subject.scores(subject.fresh(), alone),
        when="when the pool holds nothing but what is shown, each time in a row of its own",
        advice="judge the images of an episode alone; look for statistics of the pool or of rows",
    )


@check(*SAME, pool_order)
def another_pool(subject: Subject) -> None:
    """What was computed for the images of one pool is not taken for those of another."""
    method = subject.fresh()
    subject.scores(method, subject.episodes())
    require_same(
        subject.reference,
        subject.scores(method, reordered(subject.episodes())),
        when="once another pool was asked about",
        advice="keep vectors by the pool's identity and the row, never by the row alone",
    )


@check(shape)
def pixel_identity(subject: Subject) -> None:
    """Images of which a few pixels are altered are still told apart."""
    deviation = chance_deviation(subject.truth.size, subject.reference.shape[-1])
    before = share_beaten(subject.reference, subject.truth)
    if before < GUESSING + DEVIATIONS * deviation:
        raise NotApplicable("its answers are no better than guesses, so they can get no worse")
    episodes = subject.episodes()
    altered = replace(episodes, pool=altered_images(episodes.pool))
    after = share_beaten(subject.scores(subject.fresh(), altered), subject.truth)
    if after - GUESSING < (before - GUESSING) / 2:
        raise Nonconformance(
            "with a few pixels of each image altered, the true way scores above another one in "
            f"{100 * after:.0f} % of comparisons, not {100 * before:.0f}; look for a table of "
            "known images"
        )


def altered_images(images: Images) -> Images:
    """Return the images with a few pixels flipped on the edges of their ink."""
    ink = images.ink().copy()
    n_flipped = max(1, images.height * images.width // ALTERED)
    words = Words(0, "pixel-identity").draw(len(ink), n_flipped)
    for image, random in zip(ink, words, strict=True):
        edge = np.flatnonzero(_edges(image))
        if len(edge):
            image.reshape(-1)[edge[(random % np.uint64(len(edge))).astype(np.int64)]] ^= True
    return Images.from_ink(ink)


def _edges(image: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where ``(height, width)`` ink has paper beside or below it, or the reverse."""
    edges = np.zeros_like(image)
    edges[:-1] |= image[:-1] ^ image[1:]
    edges[:, :-1] |= image[:, :-1] ^ image[:, 1:]
    return edges
