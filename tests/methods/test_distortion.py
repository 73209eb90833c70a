from __future__ import annotations

import numpy as np
import pytest

from methods.distortion import KOCH, Distortion, distort, resample, turn, views

NOTHING = Distortion()


def blobs(n: int = 3, height: int = 40, width: int = 40) -> np.ndarray:
    ink = np.zeros((n, height, width), bool)
    ink[:, height // 3 : height // 2, width // 4 : width // 2] = True
    return ink ^ (np.random.default_rng(0).random(ink.shape) < 0.02)


def test_resampling_whole_blocks_averages_them() -> None:
    ink = blobs()
    expected = ink.reshape(3, 10, 4, 10, 4).mean(axis=(2, 4))
    assert resample(ink, 10) == pytest.approx(expected)


def test_resampling_shares_out_the_ink_of_any_size() -> None:
    for height, width, side in ((105, 105, 32), (11, 11, 28), (30, 47, 20)):
        small = resample(blobs(2, height, width), side)
        assert small.shape == (2, side, side) and small.dtype == np.float32
        assert small.mean() == pytest.approx(blobs(2, height, width).mean(), rel=1e-5)


def test_resampling_to_the_same_size_changes_nothing() -> None:
    assert (resample(blobs(), 40) == blobs()).all()


@pytest.mark.parametrize("side", [16, 20, 33, 40, 64])
def test_no_distortion_is_plain_resampling(side: int) -> None:
    images = distort(blobs(), side, NOTHING, np.random.default_rng(0))
    assert images.dtype == np.float32
    assert images == pytest.approx(resample(blobs(), side), abs=1e-4)


def test_quarter_turns_are_those_of_numpy() -> None:
    plain = resample(blobs(4), 16)
    images = distort(blobs(4), 16, NOTHING, np.random.default_rng(0), np.arange(4))
    for turns in range(4):
        assert images[turns] == pytest.approx(np.rot90(plain[turns], turns), abs=1e-4)


def test_turning_goes_to_the_left_as_numpy_does() -> None:
    plain = resample(blobs(), 20)
    assert turn(blobs(), 20, 0) == pytest.approx(plain, abs=1e-4)
    assert turn(blobs(), 20, 90) == pytest.approx(np.rot90(plain, axes=(1, 2)), abs=1e-4)


def test_a_shift_moves_at_most_so_far() -> None:
    ink = np.zeros((200, 50, 50), bool)
    ink[:, 24:26, 24:26] = True
    images = distort(ink, 50, Distortion(shift=0.1), np.random.default_rng(0))
    at = np.arange(50) + 0.5
    rows = images.sum(axis=2) @ at / images.sum(axis=(1, 2)) - 25
    assert np.abs(rows).max() <= 5.01 and np.abs(rows).max() > 4
    assert np.ptp(rows) > 8, "to both sides"


def test_a_scale_makes_larger_and_smaller_within_its_range() -> None:
    ink = np.zeros((200, 60, 60), bool)
    ink[:, 20:40, 20:40] = True
    bent = distort(ink, 60, Distortion(smallest=0.8, largest=1.2), np.random.default_rng(0))
    width = bent.sum(axis=2).max(axis=1)
    assert width.min() == pytest.approx(16, abs=0.4)
    assert width.max() == pytest.approx(24, abs=0.4)


def test_elastic_bends_have_the_deviation_that_is_asked_for() -> None:
    line = np.zeros((300, 64, 64), bool)
    line[:, 24:40] = True  # its middle shows how far each column moved
    images = distort(line, 64, Distortion(elastic=0.02), np.random.default_rng(0))
    images = images[:, :, 8:-8]  # nearer to the border, blank columns may have come in
    middle = np.einsum("nyx,y->nx", images, np.arange(64) + 0.5) / images.sum(axis=1)
    moved = (middle - 32) / 64
    assert moved.std() == pytest.approx(0.02, rel=0.2)
    neighbours = np.corrcoef(moved[:, 20], moved[:, 21])[0, 1]
    assert neighbours > 0.95 > 0.3 > abs(np.corrcoef(moved[:, 0], moved[:, 47])[0, 1])


def test_a_component_applies_as_often_as_its_probability() -> None:
    images = distort(
        np.repeat(blobs(1), 400, axis=0),
        40,
        Distortion(rotation=10, probability=0.3),
        np.random.default_rng(0),
    )
    changed = np.abs(images - resample(blobs(1), 40)).max(axis=(1, 2)) > 1e-3
    assert changed.mean() == pytest.approx(0.3, abs=0.07)


def test_what_leaves_the_image_is_gone_and_what_enters_is_blank() -> None:
    full = np.ones((50, 30, 30), bool)
    images = distort(full, 30, Distortion(shift=0.5), np.random.default_rng(0))
    assert images.min() >= 0
    assert images.max() <= 1 + 1e-6
    assert images.mean() < 0.7


def test_the_same_generator_bends_the_same_and_another_one_does_not() -> None:
    one, same, other = (distort(blobs(), 20, KOCH, np.random.default_rng(s)) for s in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_kochs_distortion_works_at_its_own_size() -> None:
    images = distort(blobs(8, 105, 105), 105, KOCH, np.random.default_rng(0))
    assert images.shape == (8, 105, 105)
    assert np.isfinite(images).all()


def test_views_are_spread_evenly_around_the_drawing() -> None:
    ink = blobs()
    for n_views, angles in ((1, (0.0,)), (5, (-8.0, -4.0, 0.0, 4.0, 8.0))):
        seen = list(views(ink, 20, n_views, 8.0))
        assert len(seen) == n_views
        for view, angle in zip(seen, angles, strict=True):
            assert (view == turn(ink, 20, angle)).all()
