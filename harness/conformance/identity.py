"""Checks that a method knows an image by its look, not by its row or by its exact bits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.conformance.check import check
from harness.conformance.faults import Nonconformance, NotApplicable
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.order import pool_order, reordered
from harness.conformance.repetition import SAME
from harness.conformance.score_values import DEVIATIONS, shape
from harness.conformance.scores import GUESSING, chance_deviation, require_same, share_beaten
from harness.protocol.episodes import Episodes
from harness.protocol.images import Images
from harness.protocol.randomness import Words

ALTERED = 2000
"""One pixel in so many is flipped, at edges of the ink, where images of a class differ anyway."""


@check(*SAME, pool_order)
def row_identity(tested: MethodUnderTest) -> None:
    """A pool that holds only the images shown, once for each showing, has the same scores."""
    episodes = tested.episodes()
    shown = np.concatenate([episodes.support.ravel(), episodes.query.ravel()])
    rows = np.arange(len(shown), dtype=np.int32)
    support, query = np.split(rows, [episodes.support.size])
    alone = Episodes(
        pool=episodes.pool.take(shown),
        support=support.reshape(episodes.support.shape),
        query=query.reshape(episodes.query.shape),
    )
    require_same(
        tested.reference,
        tested.scores(tested.fresh(), alone),
        when="when the pool holds only the images shown, each showing in a row of its own",
        advice="use the images of the episode alone; look for statistics of the pool or its rows",
    )


@check(*SAME, pool_order)
def another_pool(tested: MethodUnderTest) -> None:
    """Results computed for the images of one pool are not used for those of another."""
    method = tested.fresh()
    tested.scores(method, tested.episodes())
    require_same(
        tested.reference,
        tested.scores(method, reordered(tested.episodes())),
        when="after another pool was scored",
        advice="cache vectors by the pool's identity and the row, never by the row alone",
    )


@check(shape)
def pixel_identity(tested: MethodUnderTest) -> None:
    """Images with a few altered pixels are still told apart."""
    deviation = chance_deviation(tested.truth.size, tested.reference.shape[-1])
    before = share_beaten(tested.reference, tested.truth)
    if before < GUESSING + DEVIATIONS * deviation:
        raise NotApplicable("its scores are no better than guessing, so they cannot get worse")
    episodes = tested.episodes()
    altered = replace(episodes, pool=altered_images(episodes.pool))
    after = share_beaten(tested.scores(tested.fresh(), altered), tested.truth)
    # a good method loses little of its lead over guessing, a table of pixels loses all of it
    if after - GUESSING < (before - GUESSING) / 2:
        raise Nonconformance(
            "with a few pixels of each image altered, the true way scores above another way in "
            f"{100 * after:.0f} % of comparisons, down from {100 * before:.0f} %; look for a table "
            "of known images"
        )


def altered_images(images: Images) -> Images:
    """Return the images with a few pixels flipped at the edges of their ink."""
    ink = images.ink().copy()
    n_flipped = max(1, images.height * images.width // ALTERED)
    words = Words(0, "pixel-identity").draw(len(ink), n_flipped)
    for image, random in zip(ink, words, strict=True):
        edge = np.flatnonzero(_edges(image))
        if len(edge):
            image.reshape(-1)[edge[(random % np.uint64(len(edge))).astype(np.int64)]] ^= True
    return Images.from_ink(ink)


def _edges(image: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where a pixel of ``(height, width)`` differs from the one right of or below it."""
    edges = np.zeros_like(image)
    edges[:-1] |= image[:-1] ^ image[1:]
    edges[:, :-1] |= image[:, :-1] ^ image[:, 1:]
    return edges
