from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from methods.hausdorff_1nn import Ink, modified_hausdorff


def by_definition(a: np.ndarray, b: np.ndarray) -> float:
    """Dubuisson and Jain's distance between centred inks, all points with all."""
    points = [np.argwhere(ink).astype(float) for ink in (a, b)]
    distances = cdist(*(p - p.mean(axis=0) for p in points))
    return max(distances.min(axis=0).mean(), distances.min(axis=1).mean())


@pytest.mark.parametrize("shape", [(9, 9), (17, 30), (30, 17)])
@pytest.mark.parametrize("density", [0.02, 0.1, 0.6])
def test_it_is_its_definition(shape: tuple[int, int], density: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        a, b = rng.random((2, *shape)) < density
        # one image in a corner, so that the centred columns lie outside the other
        a &= np.arange(shape[1]) < rng.integers(1, shape[1] + 1)
        a[0, 0] = b[-1, -1] = True
        assert modified_hausdorff(Ink.of(a), Ink.of(b)) == pytest.approx(by_definition(a, b))


def test_an_image_moved_is_the_same_image() -> None:
    a = np.zeros((20, 20), bool)
    a[3:9, 4] = a[5, 4:12] = True
    assert modified_hausdorff(Ink.of(a), Ink.of(np.roll(a, (7, 5), (0, 1)))) < 1e-12


def test_a_blank_image_is_a_dot() -> None:
    dot, blank = np.zeros((2, 9, 9), bool)
    dot[2, 7] = True
    assert modified_hausdorff(Ink.of(dot), Ink.of(blank)) == 0
