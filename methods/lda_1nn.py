"""``lda-1nn``: directions of the strokes' edges, linear discriminants, one nearest neighbour.

No neural network: gradient directions counted on a coarse grid, in a frame that follows the
character's own centre and size, as handwritten digits are read (Liu, Nakashima, Sako and Fujisawa
2003, "Handwritten digit recognition: benchmarking of state-of-the-art techniques"); then Fisher's
(1936) discriminants of the background characters, which shrink what differs from drawer to
drawer; then the cosine. What follows the counting is plain scikit-learn: this is the example of
``from_sklearn``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from harness import EmbeddingMethod, MethodSpec, from_sklearn, hookimpl

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every value was chosen on ``omniglot@validation`` and two more such held-out fifths.

    docs/decisions.md has what else was tried; most values matter little around the chosen one.
    """

    sigma: float = 1.0  # blur before the gradient, in pixels of about a fiftieth of the side
    directions: int = 12
    grid: int = 8  # cells along each axis
    blur: float = 0.8  # spread of a cell, in cells
    extent: float = 2.1  # half the grid, in standard deviations of the ink
    aspect: float = 0.5  # 0 keeps the character's aspect ratio, 1 makes it a square
    power: float = 0.2  # of the counts: at 1, long strokes drown short ones
    variance: float = 0.997  # kept before the discriminants
    shrinkage: float = 0.05  # of the covariance within characters
    discriminants: float = 0.65  # of the variance after them, the strongest first


def edge_directions(images: NDArray[np.bool_], config: Config) -> Floats:
    """Return ``(n, directions * grid * grid)`` for ``(n, height, width)`` ink."""
    from scipy.ndimage import correlate1d, gaussian_filter

    ink = _reduced(images)
    smooth = gaussian_filter(ink, (0, config.sigma, config.sigma), mode="constant")
    across = correlate1d(smooth, [-0.5, 0, 0.5], axis=2, mode="constant")
    down = correlate1d(smooth, [-0.5, 0, 0.5], axis=1, mode="constant")
    strength = np.hypot(across, down)
    image, y, x = np.nonzero(strength > 0.02)  # the edge points of all images, in one list

    centre, size, mass = _frame(ink, config.aspect)
    place = (np.stack([y, x], axis=1) - centre[image]) / size[image]  # (n_points, 2)
    # a gradient stretches inversely to the points
    normal = np.stack([down[image, y, x], across[image, y, x]], axis=1) * size[image]
    angle = np.arctan2(normal[:, 0], normal[:, 1])
    weight = strength[image, y, x] / mass[image]
    counts = _count(image, place / config.extent, angle, weight, len(ink), config)
    return counts.reshape(len(ink), -1) ** np.float32(config.power)


def _reduced(images: NDArray[np.bool_]) -> Floats:
    """Average whole blocks of pixels, so that the smaller side has 50 to 99, or what it had."""
    n, height, width = images.shape
    step = max(1, min(height, width) // 50)
    padded = np.zeros((n, -(-height // step) * step, -(-width // step) * step), np.float32)
    padded[:, :height, :width] = images
    blocks = padded.reshape(n, padded.shape[1] // step, step, padded.shape[2] // step, step)
    return blocks.mean(axis=(2, 4))


def _frame(ink: Floats, aspect: float) -> tuple[Floats, Floats, Floats]:
    """Return each image's centre of ink and size along y and x ``(n, 2)``, and its ink ``(n,)``."""
    mass = np.maximum(ink.sum(axis=(1, 2)), np.float32(1e-6))
    centre, variance = np.empty((2, len(ink), 2), np.float32)
    for axis in (0, 1):
        profile = ink.sum(axis=2 - axis)
        at = np.arange(profile.shape[1], dtype=np.float32)
        centre[:, axis] = profile @ at / mass
        variance[:, axis] = profile @ at**2 / mass - centre[:, axis] ** 2
    deviation = np.sqrt(np.maximum(variance, 0)) + np.float32(0.5)  # a dot has a size too
    mean = np.sqrt((deviation**2).mean(axis=1, keepdims=True))
    return centre, deviation**aspect * mean ** (1 - aspect), mass


def _count(
    image: NDArray[np.int64], place: Floats, angle: Floats, weight: Floats, n: int, config: Config
) -> Floats:
    """Return ``(n, directions, grid, grid)``: edge points by direction and blurred place.

    Places run from -1 to 1 over the grid; what lies outside counts at its border.
    """
    fine = 3 * config.grid
    cell = np.clip((place + 1) / 2 * fine, 0, fine - 1).astype(np.int64)
    turn = angle / (2 * np.pi) * config.directions  # shared by the two nearest directions
    first = np.floor(turn).astype(np.int64)
    part = turn - first
    counts = np.zeros(n * config.directions * fine * fine, np.float32)
    for direction, share in ((first, 1 - part), (first + 1, part)):
        plane = image * config.directions + direction % config.directions
        index = (plane * fine + cell[:, 0]) * fine + cell[:, 1]
        counts += np.bincount(index, weight * share, minlength=len(counts))
    centres = 3 * np.arange(config.grid) + 1
    spread = np.exp(-0.5 * ((np.arange(fine) - centres[:, None]) / (3 * config.blur)) ** 2)
    spread = (spread / spread.sum(axis=1).max()).astype(np.float32)  # (grid, fine)
    return spread @ counts.reshape(n, config.directions, fine, fine) @ spread.T


def _build(config: Config) -> EmbeddingMethod:
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    features = make_pipeline(
        PCA(config.variance),
        LinearDiscriminantAnalysis(solver="eigen", shrinkage=config.shrinkage),
        PCA(config.discriminants),
    )
    nearest = KNeighborsClassifier(1, metric="cosine")
    return from_sklearn(nearest, features, prepare=partial(edge_directions, config=config))


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(name="lda-1nn", build=_build, settings=Config, framework="scikit-learn")
