"""Distortion: drawings brought to a smaller size, plainly or bent as another hand would have.

Pure numpy, for methods of any framework. All lengths are shares of the image's side, so the same
values mean the same at every size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Distortion:
    """How far drawings are bent; every value is drawn evenly between minus and plus its bound.

    The defaults bend nothing. ``probability`` is of each component on its own: the rotation, the
    shear along x and along y, and so on.

    Attributes:
        rotation: in degrees.
        shear: how far one axis moves along the other.
        smallest: least factor of width and of height, which are drawn apart.
        largest: greatest factor of width and of height.
        shift: along each axis, in sides.
        elastic: standard deviation of the elastic displacement along each axis, in sides.
        smoothness: how far apart elastic displacements begin to differ, in sides.
        probability: with which each component applies.
    """

    rotation: float = 0.0
    shear: float = 0.0
    smallest: float = 1.0
    largest: float = 1.0
    shift: float = 0.0
    elastic: float = 0.0
    smoothness: float = 0.25
    probability: float = 1.0


BENT = Distortion(rotation=12.0, shear=0.25, smallest=0.8, largest=1.2, shift=0.06, elastic=0.03)
"""As much as hands differ; a first guess that did well on ``omniglot@validation``."""
KOCH = Distortion(
    rotation=10.0, shear=0.3, smallest=0.8, largest=1.2, shift=2 / 105, probability=0.5
)
"""Koch et al. 2015, section 3.3; the shift there is of 2 pixels in 105."""
DISTORTIONS: Mapping[str, Distortion] = {"bent": BENT, "koch": KOCH}


def resample(ink: NDArray[np.bool_], side: int) -> Floats:
    """Return ``(n, side, side)`` for ``(n, height, width)``: each pixel's share of ink."""
    _, height, width = ink.shape
    down, across = _overlap(height, side), _overlap(width, side)
    return down @ ink.astype(np.float32) @ across.T


def turn(ink: NDArray[np.bool_], side: int, degrees: float) -> Floats:
    """Return ``(n, side, side)`` for ``(n, height, width)``: all drawings turned to the left."""
    angle = np.full(len(ink), np.deg2rad(degrees))
    y, x = _places(np.linalg.inv(_rotation(angle)).astype(np.float32), side)
    return _bilinear(_finer(ink, side), y, x)


def views(ink: NDArray[np.bool_], side: int, n_views: int, degrees: float) -> Iterator[Floats]:
    """Yield ``(n, side, side)`` views of the drawings, turned evenly between both bounds."""
    last = degrees if n_views > 1 else 0.0
    for angle in np.linspace(-last, last, n_views):
        yield turn(ink, side, float(angle))


def distort(
    ink: NDArray[np.bool_],
    side: int,
    distortion: Distortion,
    rng: np.random.Generator,
    turns: NDArray[np.integer] | None = None,
) -> Floats:
    """Return ``(n, side, side)`` for ``(n, height, width)``: each drawing bent in its own way.

    Args:
        ink: True where there is ink.
        side: of the result, in pixels.
        distortion: how far to bend.
        rng: the only source of randomness.
        turns: ``(n,)`` quarter turns to the left on top, as ``numpy.rot90`` turns.
    """
    linear, shift = _affine(len(ink), distortion, rng, turns)
    y, x = _places(linear, side)
    y, x = y - shift[:, 0, None, None], x - shift[:, 1, None, None]
    if distortion.elastic:
        bend = _elastic(len(ink), side, distortion, rng)
        y, x = y + bend[0], x + bend[1]
    return _bilinear(_finer(ink, side), y, x)


def _finer(ink: NDArray[np.bool_], side: int) -> Floats:
    """Return the drawings at twice the side, of which a bilinear reading averages 2 x 2 pixels.

    Drawings that are smaller than that come at the side itself.
    """
    return resample(ink, 2 * side if min(ink.shape[1:]) >= 2 * side else side)


def _places(linear: Floats, side: int) -> tuple[Floats, Floats]:
    """Return y and x ``(n, side, side)``: where ``linear (n, 2, 2)`` takes each pixel's centre.

    The middle is 0, the borders are half a side away.
    """
    at = ((np.arange(side) + 0.5) / side - 0.5).astype(np.float32)
    y = linear[:, 0, 0, None, None] * at[:, None] + linear[:, 0, 1, None, None] * at
    x = linear[:, 1, 0, None, None] * at[:, None] + linear[:, 1, 1, None, None] * at
    return y, x


def _rotation(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``(n, 2, 2)``, which turn places (y, x) to the left by angles ``(n,)``."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([cosine, -sine, sine, cosine], axis=1).reshape(-1, 2, 2)


def _overlap(source: int, target: int) -> Floats:
    """Return ``(target, source)``: the share of each target pixel that a source pixel covers."""
    edges = np.arange(target + 1) * (source / target)
    at = np.arange(source)
    upper = np.minimum(edges[1:, None], at + 1)
    lower = np.maximum(edges[:-1, None], at)
    return (np.maximum(upper - lower, 0) * (target / source)).astype(np.float32)


def _affine(
    n: int,
    distortion: Distortion,
    rng: np.random.Generator,
    turns: NDArray[np.integer] | None,
) -> tuple[Floats, Floats]:
    """Return what takes places of the result to the source: ``(n, 2, 2)`` and ``(n, 2)``, y, x."""
    even = rng.uniform(-1, 1, (n, 7)) * (rng.random((n, 7)) < distortion.probability)
    angle = np.deg2rad(distortion.rotation) * even[:, 0]
    if turns is not None:
        angle = angle + np.pi / 2 * turns
    shear = np.tile(np.eye(2), (n, 1, 1))
    shear[:, 0, 1], shear[:, 1, 0] = (distortion.shear * even[:, 1:3]).T
    reach = np.where(even[:, 3:5] < 0, 1 - distortion.smallest, distortion.largest - 1)
    bent = _rotation(angle) @ shear * (1 + reach * even[:, 3:5])[:, None, :]
    inverse = np.linalg.inv(bent)
    shift = inverse @ (distortion.shift * even[:, 5:])[:, :, None]
    return inverse.astype(np.float32), shift[:, :, 0].astype(np.float32)


def _elastic(n: int, side: int, distortion: Distortion, rng: np.random.Generator) -> Floats:
    """Return ``(2, n, side, side)`` smooth displacements, along y and x, in sides."""
    n_knots = int(np.ceil(1 / distortion.smoothness)) + 3  # one beyond each border
    knots = (np.arange(n_knots) - 1) * distortion.smoothness
    at = (np.arange(side) + 0.5) / side
    spread = np.exp(-0.5 * ((at[:, None] - knots) / (0.7 * distortion.smoothness)) ** 2)
    spread /= np.sqrt((spread**2).sum(axis=1, keepdims=True))  # the same deviation everywhere
    some = rng.random((2, n, 1, 1)) < distortion.probability
    pull = rng.standard_normal((2, n, n_knots, n_knots)) * some * distortion.elastic
    smooth = spread.astype(np.float32)
    return smooth @ pull.astype(np.float32) @ smooth.T


def _bilinear(images: Floats, y: Floats, x: Floats) -> Floats:
    """Read ``(n, size, size)`` images at places ``(n, side, side)``; blank beyond the border."""
    n, size, _ = images.shape
    wide = size + 3
    framed = np.zeros((n, wide, wide), np.float32)
    framed[:, 1:-2, 1:-2] = images
    flat = framed.ravel()
    y = np.clip((y + np.float32(0.5)) * size + np.float32(0.5), 0, size + 1)
    x = np.clip((x + np.float32(0.5)) * size + np.float32(0.5), 0, size + 1)
    top, left = y.astype(np.int32), x.astype(np.int32)
    index = (np.arange(n, dtype=np.int32) * wide**2)[:, None, None] + top * wide + left
    y, x = y - top.astype(np.float32), x - left.astype(np.float32)  # float32 stays float32
    upper = flat.take(index) * (1 - x) + flat.take(index + 1) * x
    index += wide
    lower = flat.take(index) * (1 - x) + flat.take(index + 1) * x
    return upper * (1 - y) + lower * y
